// Draws each table that asks for it with ECharts, above the numbers: its head names the series, its first
// column the places on the axis. Columns of sums and words (data-sum) are read and not drawn. Without a
// script the tables say all.
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(`--${name}`).trim();
const COLOURS = ["st-blue", "st-orange", "st-green", "st-red", "st-purple", "st-cyan", "st-yellow", "slate"];
const ROOM = 24; // pixels for each bar that lies
const small = parseFloat(style.getPropertyValue("--small")) * parseFloat(style.fontSize);

function read(table) {
  const [, ...heads] = table.tHead.rows[0].cells;
  const rows = [...table.tBodies[0].rows];
  const drawn = heads.map((head, n) => [head, n + 1]).filter(([head]) => !("sum" in head.dataset));
  return {
    labels: rows.map((row) => row.cells[0].textContent),
    series: drawn.map(([head, n]) => ({
      name: head.textContent,
      data: rows.map((row) => row.cells[n].textContent.trim()).map((text) => (text === "" ? null : Number(text))),
    })),
  };
}

function options(table, { labels, series }) {
  const kind = table.dataset.chart;
  const text = { color: colour("ink"), fontFamily: getComputedStyle(document.body).fontFamily, fontSize: small };
  const names = { type: "category", data: labels, axisLabel: text, inverse: kind === "rows" };
  const values = { type: "value", name: table.dataset.unit, nameTextStyle: text, axisLabel: text, minInterval: kind === "lines" ? 0 : 1, splitLine: { lineStyle: { color: colour("line") } } };
  return {
    animation: false,
    color: COLOURS.map(colour),
    textStyle: text,
    // Patterns beside colours; what is read aloud is the table.
    aria: { enabled: true, label: { enabled: false }, decal: { show: kind === "bars" && series.length > 1 } },
    grid: { left: 8, right: kind === "rows" ? 2 * small : 16, top: 36, containLabel: true },
    legend: series.length > 1 ? { bottom: 0, textStyle: text } : undefined,
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, backgroundColor: colour("card"), borderColor: colour("edge"), textStyle: text },
    xAxis: kind === "rows" ? values : names,
    yAxis: kind === "rows" ? names : values,
    series: series.map(({ name, data }, n) => ({
      name,
      data,
      type: kind === "lines" ? "line" : "bar",
      stack: kind === "bars" ? "all" : undefined,
      lineStyle: kind === "lines" && n % 2 ? { type: "dashed" } : undefined,
      symbol: ["circle", "rect", "triangle", "diamond"][n % 4],
      symbolSize: 8,
      label: kind === "rows" ? { show: true, position: "right", ...text } : undefined,
    })),
  };
}

// The names of the series stand below, in as many lines as they need; drawn at once, for to a printer the next
// frame is too late.
function fit(chart, series, width) {
  chart.resize({ width });
  const names = series.length > 1 ? series.reduce((sum, { name }) => sum + name.length * small + 56, 0) : 0;
  chart.setOption({ grid: { bottom: 8 + Math.ceil(names / (chart.getWidth() - 16)) * 2 * small } });
  chart.getZr().flush();
}

const charts = [];
for (const table of document.querySelectorAll("table[data-chart]")) {
  const found = read(table);
  if (!found.series.some(({ data }) => data.some((value) => value))) continue;
  const place = document.createElement("div");
  place.className = "drawn";
  place.setAttribute("aria-hidden", "true");
  place.style.height = table.dataset.chart === "rows" ? `${found.labels.length * 2 * ROOM + 60}px` : "";
  (table.closest("details") ?? table).before(place);
  const chart = window.echarts.init(place, null, { renderer: "svg" });
  chart.setOption(options(table, found));
  charts.push((width) => fit(chart, found.series, width));
  new ResizeObserver(() => fit(chart, found.series, "auto")).observe(place);
}

// Paper is narrower than a desk and wider than a phone, and nobody can open the numbers on it.
const PAPER = 600;
addEventListener("beforeprint", () => {
  for (const numbers of document.querySelectorAll(".chart details")) numbers.open = true;
  for (const drawn of charts) drawn(PAPER);
});
addEventListener("afterprint", () => {
  for (const drawn of charts) drawn("auto");
});
