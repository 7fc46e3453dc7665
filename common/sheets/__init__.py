"""Tables made by hand, read without guessing: the file, its pages, their cells. Pure; callers name the noun.

No database, no settings, no clock. What is not certain becomes a `Doubt`: one sentence for whoever
looks at the preview.
"""
