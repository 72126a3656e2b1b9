"""*Guess first* on Compare: the person says same or different, then the network does; a tally of both."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

import streamlit as st

from siamese.app import choices, resources, session, verdict, widgets
from siamese.app.pages.compare import fragments, sides
from siamese.app.pages.compare.guess_tally import DRAWN, ROWS, Count, Tally, pair_split
from siamese.serving.verifier import Verification

_TITLES = {"seen": "Seen", "mixed": "Mixed", "unseen": "Unseen", DRAWN: "Drawn"}
_FEW = 30  # pairs; below this a difference of a few says nothing


@dataclass
class Game:
    """This session's guessing.

    Attributes:
        judged: the pair whose verdict may be shown; see `sides.identity`.
        said: what the person called that pair; None where it was not guessed.
        tally: of this round; `before`: of the rounds that ended, `rounds` of them.
        ended: whether the round's summary stands in the verdict's place.
    """

    judged: tuple[Hashable, Hashable] | None = None
    said: bool | None = None
    tally: Tally = field(default_factory=Tally)
    before: Tally = field(default_factory=Tally)
    rounds: int = 0
    ended: bool = False

    def close(self) -> None:
        """Put this round's tally with those before; the next one starts from nothing."""
        if self.tally.pairs:
            self.before += self.tally
            self.rounds += 1
        self.tally, self.ended = Tally(), False


def game() -> Game:
    """This session's guessing."""
    return session.of(Game)


def hides() -> bool:
    """Whether nothing may give away yet what the network makes of the pair."""
    return choices.guess_first() and (game().ended or game().judged != sides.identity())


def ended() -> bool:
    """Whether a round's summary is to be shown."""
    return choices.guess_first() and game().ended


def said() -> bool | None:
    """What the person called the pair on the screen before the network did; None where nobody was asked."""
    return game().said if choices.guess_first() and game().judged == sides.identity() else None


def seen_already() -> None:
    """Take the pair on the screen for one whose verdict was seen: it cannot be guessed any more."""
    game().judged, game().said, game().ended = sides.identity(), None, False


def switch() -> None:
    """Draws the switch."""
    st.toggle(
        "Guess first",
        help="The verdict stays hidden until you have said *same* or *different*. You play against the network. "
        "Reloading or closing the page loses the counts of all rounds.",
        **widgets.bind("guess.first", choices.guess_first(), _turn),
    )


def _turn(on: bool) -> None:
    game().close()
    session.of(choices.Choices).guess_first = on
    # The verdict of the pair on the screen has been seen, so another one is needed.
    if on and all(sides.image(name) is not None for name in sides.SIDES):
        sides.sample_both()


def sample() -> None:
    """Put a fresh pair on both sides; after a round's end that starts the next one."""
    if ended():
        game().close()
    sides.sample_both()


def prompt(asked: str, ready: bool) -> str:
    """The box in the verdict's place: what is still missing, or the question."""
    return verdict.prompt("Same digit, or different? You say it first.", "?") if ready else verdict.prompt(asked)


def part(result: Verification | None, title: str) -> None:
    """Draws what to press, below the verdict or the prompt, and the tally.

    Args:
        result: of the pair on the screen, if there is one.
        title: the network's name.
    """
    waiting = result is not None and hides()
    answered = result is not None and not waiting
    # The same three buttons all the time: nothing moves, and the keyboard's place is kept.
    with st.container(horizontal=True, gap="small", key="guess-row"):
        for key, label, answer in (("same", "= Same", True), ("different", "≠ Different", False)):
            st.button(
                label,
                key=f"guess.{key}",
                shortcut=key[0].upper(),
                disabled=not waiting,
                on_click=_say,
                args=(answer, sides.identity(), result, title),
                width="stretch",
            )
        st.button(
            "Next",
            key="guess.next",
            shortcut="N",
            type="primary" if answered else "secondary",
            disabled=not answered,
            on_click=_next,
            width="stretch",
        )
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="guess-tally"):
        st.html(
            f'<p class="said" role="status" data-testid="said">{_said(result) if result and answered else ""}</p>'
            f'<p class="tally" data-testid="tally">{_tally(game().tally)}</p>',
            width="stretch",
        )
        st.button(
            "End round",
            icon=":material/flag:",
            type="tertiary",
            key="guess.end",
            disabled=not game().tally.pairs,
            on_click=_end,
        )


def _say(answer: bool, pair: tuple, result: Verification, title: str) -> None:
    """Take the person's word on `pair`, once."""
    now = game()
    # A second click, or one that was on its way while the pair changed, says nothing.
    if pair != sides.identity() or now.judged == pair or now.ended:
        return
    now.judged, now.said = pair, answer
    left, right = sides.sides().values()
    if left.mode == right.mode == "sample":
        row, truth = pair_split(left.split, right.split), left.digit == right.digit
    else:
        row, truth = DRAWN, None
    now.tally = now.tally.with_guess(row, answer, result.is_same, truth, title)
    fragments.rerun_pair()


def _next() -> None:
    """Make room for another pair, once this one has been judged: a second press would skip one."""
    if game().judged == sides.identity():
        sides.next_pair()
    fragments.rerun_pair()


def _said(result: Verification) -> str:
    """What the person said, and how that turned out."""
    answer = game().said
    if answer is None:
        return "You saw this verdict before: it does not count."
    word = "same" if answer else "different"
    left, right = sides.sides().values()
    if left.mode == right.mode == "sample":
        return f"You said <b>{word}</b>: {'✓ right' if answer == (left.digit == right.digit) else '✗ wrong'}"
    return f"You said <b>{word}</b>. The network {'agrees' if answer == result.is_same else 'disagrees'}."


def _tally(tally: Tally) -> str:
    """The tally in one line."""
    if not tally.pairs:
        return "No guess yet. Reloading the page loses the counts."
    return " ".join(
        f"<span><b>{_TITLES[row]}</b> {_count(row, tally.row(row))}</span>" for row in ROWS if tally.row(row).pairs
    )


def _count(row: str, count: Count) -> str:
    if row == DRAWN:
        return f"agreed {count.agreed} of {count.pairs}"
    return f"you {count.person}, network {count.network} of {count.pairs}"


def _end() -> None:
    game().ended = True
    fragments.rerun_pair()


def _again() -> None:
    game().close()
    if game().judged == sides.identity():
        sides.next_pair()
    fragments.rerun_pair()


def _stop() -> None:
    _turn(False)
    fragments.rerun_panel()  # the kinds of pairs can be chosen again


def summary() -> None:
    """Draws how the round went, and what to do next."""
    now = game()
    st.html(_summary(now))
    with st.container(horizontal=True, gap="small", key="guess-again"):
        st.button(
            "New round", icon=":material/replay:", type="primary", key="guess.again", on_click=_again, width="stretch"
        )
        st.button(
            "Stop guessing",
            icon=":material/close:",
            key="guess.stop",
            on_click=_stop,
            width="stretch",
        )


def _summary(now: Game) -> str:
    tally, known = now.tally, now.tally.known
    words = widgets.split_words(resources.verifier(choices.model_name()).card.splits)
    rows = "".join(
        f"<tr><th scope=row>{words[row]}</th><td>{count.person}</td><td>{count.network}</td><td>{count.pairs}</td></tr>"
        for row in ROWS
        if row != DRAWN and (count := tally.row(row)).pairs
    )
    table = (
        "<table><thead><tr><th scope=col>Pairs sampled from</th><th scope=col>you right</th>"
        f"<th scope=col>network right</th><th scope=col>of</th></tr></thead><tbody>{rows}</tbody></table>"
        if rows
        else ""
    )
    return (
        '<div class="round" role="status" data-testid="round">'
        f'<div class="words">{_winner(known)}</div>{table}<p>{" ".join(_remarks(now))}</p></div>'
    )


def _winner(known: Count) -> str:
    if not known.pairs:
        return "The round has ended"
    if known.person == known.network:
        return f"A draw: {known.person} of {known.pairs} each"
    person, network = f"You {known.person}", f"the network {known.network}"
    return f"{person}, {network} of {known.pairs}"


def _remarks(now: Game) -> list[str]:
    """What else there is to say, in sentences."""
    drawn, known = now.tally.row(DRAWN), now.tally.known
    remarks = []
    if drawn.pairs:
        remarks.append(
            f"Of {drawn.pairs} drawn or uploaded {_pairs(drawn.pairs)} nobody here knows the truth: "
            f"you and the network agreed on {drawn.agreed}."
        )
    if 0 < known.pairs < _FEW and known.person != known.network:
        remarks.append("With so few pairs, a lead of one or two is chance.")
    names = sorted(now.tally.networks)
    remarks.append(f"The {'networks' if len(names) > 1 else 'network'} asked: {'; '.join(names)}.")
    if now.rounds:
        total = (now.before + now.tally).known
        remarks.append(
            f"In all {now.rounds + 1} rounds: you {total.person}, the network {total.network} of {total.pairs}."
        )
    remarks.append("Write down what you want to keep: reloading or closing the page loses all counts.")
    return remarks


def _pairs(number: int) -> str:
    return "pair" if number == 1 else "pairs"
