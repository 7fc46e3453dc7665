"""Somebody of whom every word in the database can be told: her name, numbers, and all that was typed."""

from datetime import date, timedelta

from django.test import Client

from common import chinese_id
from common.sealed import blind_index
from courses.actions.enrolment import enrol, remove, withdraw
from courses.actions.registers.lifecycle import confirm_register, upload_register
from courses.models.register import RegisterKind
from grants.actions.pitches import advance_pitch, appoint_expert, make_pitch
from grants.rules import PitchMove
from grievances.actions.agenda import follow_item
from grievances.actions.meetings import close_meeting
from grievances.actions.minutes import correct_minutes, settle_correction
from grievances.actions.tickets import accept_ticket, propose_refusal, refuse_ticket
from grievances.models.bodies import BodyMember
from notices.actions import deliver_due
from orders.actions.completion import confirm, dispute, mark_done, record_callback, settle
from orders.actions.dispatch import release_order
from orders.actions.orders import accept_order, refuse_order
from orders.models.orders import ServiceOrder
from orders.rules.orders import CallBackAnswer, ConfirmedBy, OrderMove, OrderState
from people.actions.family import name_agent
from people.actions.lookup import find
from people.actions.persons import set_document, set_phone
from people.actions.records import merge_persons, reveal
from people.models import Person
from people.rules import Role
from points.actions.certificates import revoke_certificate
from points.actions.earning import approve_service
from points.actions.giving import approve_transfer, ask_transfer, award_points, donate, refuse_transfer
from points.actions.vouchers import approve_voucher, ask_carry_over, refuse_voucher
from points.rules import TransferKind
from tests import backoffice
from tests.cast import Cast
from tests.data.books import wide
from tests.factories import courses, grievances, orders, people, visits, volunteers
from tests.factories.grants import score
from visits.actions.books.lifecycle import confirm_book, send_book, work_on_books
from visits.actions.callbacks import answer_callback
from visits.actions.register import note_household
from visits.models.callbacks import VisitCallback
from volunteers.actions.service import record_service, refuse_service
from volunteers.actions.signups import remove_signup
from volunteers.models.partners import PartnerShop, PartnerUnit
from volunteers.rules.service import EvidenceDraft, EvidenceKind

NAME, PHONE, BORN = "马可漪", "13800138765", date(1951, 7, 19)
DOCUMENT = next(
    number for digit in "0123456789X" if (number := chinese_id.read_id(f"00000019510719002{digit}"))
)
SECRET = "暗号甲"
# What somebody types about her, long and short.
SAID, SHORT = f"{SECRET}：{NAME} {PHONE} 三号楼", f"{SECRET}{NAME}"
# Whatever of her may be found in a column or on a page.
MARKS = (NAME, "ma ke yi", PHONE, DOCUMENT, blind_index(DOCUMENT), str(BORN), SECRET)


class Marked:
    """Her life here, told by the verbs; `person` may be erased at its end."""

    def __init__(self, cast: Cast, now) -> None:
        self.cast, self.now = cast, now
        self.home, self.by = cast.city["community"], cast.worker
        self.boss = people.staff("孙主任", Role.DIRECTOR, cast.city["street"])
        self.fund = volunteers.budget(cast.city["street"], cast.officer)
        account = people.user(NAME, PHONE)
        self.person = people.person(NAME, account, self.home, born_on=BORN, sex="F", contact_name=SHORT)
        self.neighbour = people.resident("李秀英", self.home)
        self.helper = volunteers.volunteer(home=self.home)
        for chapter in (
            self.record,
            self.learns,
            self.is_served,
            self.serves,
            self.earns,
            self.pitches,
            self.speaks_up,
            self.meets,
            self.is_visited,
        ):
            chapter()
        deliver_due(now=now)
        self.is_kept_in_the_back_office()
        self.person.refresh_from_db()

    def record(self) -> None:
        told = {"person_id": self.person.pk, "by": self.by, "now": self.now}
        set_phone(**told, phone=PHONE)
        set_phone(**told, phone=PHONE, field="contact_phone")
        set_document(**told, number=DOCUMENT)
        for mine in (self.person, self.neighbour):  # she helps, and is helped
            other = self.neighbour if mine == self.person else self.person
            ids = {"ward_id": mine.pk, "agent_id": other.pk, "relation": SHORT}
            name_agent(**ids, by=self.by, now=self.now)
        reveal(**told, field="phone", reason=SAID)
        # Somebody elsewhere looks for her, and finds a namesake of hers beside her.
        people.person(f"李{NAME[1:]}", home=self.home)
        find(text=NAME[1:], by=self.cast.other_worker, now=self.now, reason=SAID)
        twin = people.person(NAME, home=self.home, phone=PHONE, born_on=BORN, contact_name=SHORT)
        merge_persons(kept_id=self.person.pk, merged_id=twin.pk, by=self.by, now=self.now)

    def learns(self) -> None:
        told = {"by": self.by, "now": self.now}
        for leave in (withdraw, remove):
            group = courses.class_group(self.cast.center, self.now)
            seat = enrol(class_id=group.pk, person=self.person, channel="COUNTER", remark=SAID, **told)
            leave(enrolment_id=seat.pk, reason=SAID, **told)
        teacher = courses.teacher("x")
        teacher.person, teacher.about = self.person, SAID
        teacher.save()
        rows = f"姓名,电话,班级,备注\n{NAME},{PHONE},{group.name}、{SECRET},{SAID}\n{SAID}\n"
        upload = {
            "kind": RegisterKind.ROSTER,
            "data": rows.encode(),
            "file_name": "r.csv",
            "term": group.term,
        }
        for _again in range(2):
            register = upload_register(**upload, **told)
        confirm_register(register_id=register.pk, **told)
        for seat in self.person.enrolments.filter(state="SEATED"):
            withdraw(enrolment_id=seat.pk, **told)

    def asked(self, person: Person, **more) -> ServiceOrder:
        told = {"title": SHORT, "text": SAID, "place": SAID, "wanted_words": SHORT, **more}
        return orders.asked(person, self.now, by=self.by, **told)

    def is_served(self) -> None:
        told = {"by": self.by, "now": self.now}
        refuse_order(order_id=self.asked(self.person).pk, reason=SAID, **told)
        order = self.asked(self.person)
        accept_order(order_id=order.pk, public_text=SAID, **told)
        orders.brought_to(OrderState.TAKEN, order, self.helper, self.by, self.now)
        release_order(order_id=order.pk, reason=SAID, **told)
        order.refresh_from_db()
        self.is_done(order, self.helper)
        record = order.volunteer.records.get()
        approve_service(record_id=record.pk, **told)

    def is_done(self, order: ServiceOrder, taker) -> None:
        """Disputed once, confirmed by telephone."""
        one = {"order_id": order.pk, "now": self.now}
        orders.brought_to(OrderState.TAKEN, order, taker, self.by, self.now)
        done = {"minutes": 30, "note": SAID, "evidence": ["PHOTO"], "by": self.by}
        mark_done(**one, **done)
        dispute(**one, reason=SAID, by=order.for_person.user)
        settle(**one, outcome=OrderMove.REDO, reason=SAID, by=self.boss)
        mark_done(**one, **done)
        confirm(**one, kind=ConfirmedBy.CALLBACK, by=self.boss)
        call = orders.callback(order, self.now)
        record_callback(
            callback_id=call.pk, answer=CallBackAnswer.GOOD, note=SAID, by=self.boss, now=self.now
        )
        order.refresh_from_db()

    def serves(self) -> None:
        told = {"by": self.by, "now": self.now}
        self.hers = volunteers.volunteer(self.person, national_number=SHORT, honour_consent=True)
        other = people.resident("路人", self.home)
        self.is_done(self.asked(other, title="读报", text="眼睛不好", place="", wanted_words=""), self.hers)
        shift = volunteers.shift(self.home, self.now + timedelta(days=2))
        signup = volunteers.sign(shift, self.hers, self.now)
        remove_signup(signup_id=signup.pk, reason=SAID, **told)
        typed = {"minutes": 60, "title": SHORT, "evidence": [EvidenceDraft(EvidenceKind.PAPER, SAID)]}
        record = record_service(volunteer_id=self.hers.pk, source_key="manual:1", **typed, **told)
        refuse_service(record_id=record.pk, reason=SAID, by=self.boss, now=self.now)
        contact = {"contact": self.person.user, "contact_name": NAME, "contact_phone": PHONE}
        self.unit = PartnerUnit.objects.create(name="单位", division=self.cast.city["street"], **contact)
        keeper = {"keeper": self.person.user, "phone": PHONE}
        PartnerShop.objects.create(name="小店", division=self.home, **keeper)
        volunteers.certificate(self.helper, self.by, self.now, title=SHORT)

    def earns(self) -> None:
        book = {"points": 50, "minutes": 60, "paper": SAID}
        told = {"person_id": self.person.pk, "by": self.by, "now": self.now}
        asked = [ask_carry_over(**told, **{**book, "key": key}) for key in ("1", "2")]
        approve_voucher(voucher_id=asked[0].pk, by=self.boss, now=self.now)
        refuse_voucher(voucher_id=asked[1].pk, reason=SAID, by=self.boss, now=self.now)
        pool = {"points": 5, "person_id": self.person.pk, "key": "9", "by": self.boss, "now": self.now}
        donate(person_id=self.person.pk, points=20, key="8", by=self.person.user, now=self.now)
        award_points(**pool, reason=SAID)
        told = {"kind": TransferKind.FAMILY, "giver_id": self.person.pk, "taker_id": self.cast.elder.pk}
        asked = ask_transfer(**told, points=5, relation=SAID, by=self.by, now=self.now)
        refuse_transfer(transfer_id=asked.pk, reason=SAID, by=self.boss, now=self.now)
        passed = ask_transfer(**told, points=5, relation=SAID, by=self.by, now=self.now)
        for by in (people.staff("吴敏", Role.SOCIAL_WORKER, self.cast.city["street"]), self.boss):
            approve_transfer(transfer_id=passed.pk, by=by, now=self.now)
        paper = volunteers.certificate(self.hers, self.by, self.now, note=SAID)
        revoke_certificate(certificate_id=paper.pk, reason=SAID, by=self.by, now=self.now)

    def pitches(self) -> None:
        """A unit that she answers for offers two projects."""
        call = orders.pitch(self.cast, self.now).call
        told = {"call_id": call.pk, "text": "每周一次", "unit_id": self.unit.pk, "by": self.person.user}
        one, other = (make_pitch(**told, title=title, now=self.now) for title in ("陪伴", "修补"))
        by = {"by": self.boss, "now": self.now}
        advance_pitch(pitch_id=one.pk, move=PitchMove.SURVEY, **by)
        advance_pitch(pitch_id=one.pk, move=PitchMove.REJECT, reason=SAID, **by)
        judge = people.user("评审专家")
        appoint_expert(call_id=call.pk, expert_id=judge.pk, **by)
        for move in (PitchMove.SURVEY, PitchMove.SHORTLIST):
            advance_pitch(pitch_id=other.pk, move=move, **by)
        score(other, judge, self.now, note=SAID)

    def speaks_up(self) -> None:
        """A ticket of hers, with words in its history, that is refused."""
        told = {"title": SHORT, "text": SAID, "place": SAID}
        ticket = grievances.told(self.cast, self.now, self.person, **told)
        grievances.pictured(ticket, self.person.user, self.now, "red", "blue")
        accept_ticket(ticket_id=ticket.pk, by=self.by, now=self.now, public_text=SAID)
        propose_refusal(ticket_id=ticket.pk, reason=SAID, by=self.by, now=self.now)
        refuse_ticket(ticket_id=ticket.pk, by=self.cast.officer, now=self.now)

    def meets(self) -> None:
        """She belongs to a body by an office, and says what is wrong in its minutes."""
        head = grievances.director(self.cast)
        body = grievances.body(self.cast)
        office = {"office": SHORT, "since": date(2026, 1, 1)}
        BodyMember.objects.create(body=body, person=self.person, **office)
        meeting = grievances.in_session(self.cast, self.now, head)
        item = grievances.raised(meeting, head, self.now)
        follow_item(item_id=item.pk, person_id=self.person.pk, by=self.person.user, now=self.now)
        close_meeting(meeting_id=meeting.pk, by=head, now=self.now)
        wrong = correct_minutes(item_id=item.pk, text=SAID, by=self.person.user, now=self.now)
        no = {"taken": False, "answer": SAID, "by": head, "now": self.now}
        settle_correction(correction_id=wrong.pk, **no)

    def is_visited(self) -> None:
        """At home, with a word about her at her door and in the last visit."""
        home = visits.household(visits.building(self.cast.city["grid"], self.by, self.now), self.by, self.now)
        visits.lives(home, self.person, self.by, self.now)
        note_household(household_id=home.pk, note=SAID, by=self.by, now=self.now)
        visit = visits.visited(home, self.by, self.now, "MATTER", SAID)
        asked = VisitCallback.objects.get_or_create(visit=visit)[0]
        answered = {"callback_id": asked.pk, "answer": "UNREACHED", "text": SAID}
        answer_callback(**answered, by=self.boss, now=self.now)
        her = (NAME, "户主", "女", str(BORN), DOCUMENT, PHONE, SHORT, None, SAID)
        neighbour = ("马小明", "其他", "男", None, None, None, None, None, SAID)
        told = {"by": self.by, "now": self.now}
        for address in ("3号楼2单元501", "4号楼1单元101"):
            sent = {"data": wide([(address, [her, neighbour])]), "file_name": "台账.xlsx"}
            book = send_book(division_id=self.cast.city["grid"].pk, **sent, **told)
            work_on_books(now=self.now)
        confirm_book(book_id=book.pk, **told)
        work_on_books(now=self.now)

    def is_kept_in_the_back_office(self) -> None:
        desk, own = Client(), Client()
        desk.force_login(self.by)
        own.force_login(self.person.user)
        page = backoffice.change(self.person)
        form = {"full_name": NAME, "sex": "F", "born_on": str(BORN), "born_precision": "DAY"}
        form |= {"home": self.home.pk, "pinyin": "ma ke yi", "initials": "mky2", "contact_name": SAID}
        assert desk.post(page, form).status_code == 302
        told = {"field": "phone", "phone": PHONE}
        assert desk.post(backoffice.verb(self.person, "phone"), told).status_code == 302
        assert own.get("/my/data/").status_code in {200, 404}
