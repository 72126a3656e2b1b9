"""*Guess first* on Compare: the person answers same or different before the network does; a tally of both."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

import streamlit as st

from siamese.app import choices, resources, session, widgets
from siamese.app.pages.compare import fragments, guess_summary, sides
from siamese.app.pages.compare.guess_tally import ROWS, UNLABELLED, Count, Tally, pair_split
from siamese.app.words import QUESTION, decision
from siamese.serving.verifier import Verification

ASK = f"{QUESTION} You say it first."
_TITLES = {"seen": "Seen", "mixed": "Mixed", "unseen": "Unseen", UNLABELLED: "Drawn"}


@dataclass
class Game:
    """This session's guessing.

    Attributes:
        revealed: the pair whose verdict may be shown; see `sides.identity`.
        answer: whether the person called that pair the same digit; None where they did not guess.
        tally: of this round.
        before: the tally of the rounds that have ended.
        rounds: how many rounds have ended.
        ended: whether the round's summary stands in the verdict's place.
    """

    revealed: tuple[Hashable, Hashable] | None = None
    answer: bool | None = None
    tally: Tally = field(default_factory=Tally)
    before: Tally = field(default_factory=Tally)
    rounds: int = 0
    ended: bool = False

    def close(self) -> None:
        """Add this round's tally to those before, and start a round."""
        if self.tally.pairs:
            self.before += self.tally
            self.rounds += 1
        self.tally, self.ended = Tally(), False


def game() -> Game:
    """This session's guessing."""
    return session.of(Game)


def hides() -> bool:
    """Whether the network's verdict on the pair is still to be hidden."""
    return choices.guess_first() and (game().ended or game().revealed != sides.identity())


def ended() -> bool:
    """Whether a round's summary is to be shown."""
    return choices.guess_first() and game().ended


def answer() -> bool | None:
    """Whether the person called the pair on the screen the same digit before the network did; None without a guess."""
    return game().answer if choices.guess_first() and game().revealed == sides.identity() else None


def mark_shown() -> None:
    """Mark the verdict on the pair on the screen as shown: it cannot be guessed any more."""
    game().revealed, game().answer, game().ended = sides.identity(), None, False


def switch() -> None:
    """Draws the switch."""
    st.toggle(
        "Guess first",
        help="The verdict stays hidden until you have said *same* or *different*. You play against the network. "
        "Reloading or closing the page loses the counts of all rounds.",
        **widgets.bind("guess.first", choices.guess_first(), _set_on),
    )


def _set_on(on: bool) -> None:
    game().close()
    session.of(choices.Choices).guess_first = on
    # The verdict on the pair on the screen has been shown, so another pair is needed.
    if on and all(sides.image(name) is not None for name in sides.SIDES):
        sides.sample_both()


def sample() -> None:
    """Put a fresh pair on both sides; after a round's end that starts the next one."""
    if ended():
        game().close()
    sides.sample_both()


def render(result: Verification | None, title: str) -> None:
    """Draws what to press, below the verdict or the prompt, and the tally.

    Args:
        result: of the pair on the screen, if there is one.
        title: the network's name.
    """
    hidden = hides()
    with st.container(horizontal=True, gap="small", key="guess-row"):
        _buttons(result, title, hidden)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="guess-tally"):
        st.html(
            '<p class="said" role="status" data-testid="answer">'
            f"{_outcome(result) if result is not None and not hidden else ''}</p>"
            f'<p class="tally" data-testid="tally">{_tally_words(game().tally)}</p>',
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


def _buttons(result: Verification | None, title: str, hidden: bool) -> None:
    """Draws both answers and *Next*: the same three buttons all the time, so that nothing moves and the focus stays."""
    waiting = result is not None and hidden
    answered = result is not None and not hidden
    for is_same in (True, False):
        words = decision(is_same)
        st.button(
            f"{words.sign} {words.word.capitalize()}",
            key=f"guess.{words.word}",
            shortcut=words.word[0].upper(),
            disabled=not waiting,
            on_click=_answer,
            args=(is_same, sides.identity(), result, title),
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


def _answer(is_same: bool, pair: tuple[Hashable, Hashable], result: Verification, title: str) -> None:
    """Record the person's answer on `pair`, once."""
    now = game()
    # A second click, or one that was on its way while the pair changed, is no answer.
    if pair != sides.identity() or now.revealed == pair or now.ended:
        return
    now.revealed, now.answer = pair, is_same
    left, right = (side.shown_sample for side in sides.sides().values())
    if left and right:
        now.tally = now.tally.with_answer(
            pair_split(left.split, right.split), is_same, result.is_same, left.digit == right.digit, title
        )
    else:
        now.tally = now.tally.with_answer(UNLABELLED, is_same, result.is_same, None, title)
    fragments.rerun_pair()


def _next() -> None:
    """Go on to another pair where this one has been judged: the second half of a double press must skip none."""
    if game().revealed == sides.identity():
        sides.next_pair()
    fragments.rerun_pair()


def _outcome(result: Verification) -> str:
    """The person's answer, and whether it was right or the network agrees, as HTML."""
    is_same = game().answer
    if is_same is None:
        return "You saw this verdict before: it does not count."
    word = decision(is_same).word
    left, right = sides.sides().values()
    if left.digit is not None and right.digit is not None:
        return f"You said <b>{word}</b>: {'✓ right' if is_same == (left.digit == right.digit) else '✗ wrong'}"
    return f"You said <b>{word}</b>. The network {'agrees' if is_same == result.is_same else 'disagrees'}."


def _tally_words(tally: Tally) -> str:
    """The tally in one line."""
    if not tally.pairs:
        return "No guess yet. Reloading the page loses the counts."
    return " ".join(
        f"<span><b>{_TITLES[row]}</b> {_count_words(row, tally.row(row))}</span>"
        for row in ROWS
        if tally.row(row).pairs
    )


def _count_words(row: str, count: Count) -> str:
    if row == UNLABELLED:
        return f"agreed {count.agreed} of {count.pairs}"
    return f"you {count.person}, network {count.network} of {count.pairs}"


def _end() -> None:
    game().ended = True
    fragments.rerun_pair()


def _again() -> None:
    game().close()
    if game().revealed == sides.identity():
        sides.next_pair()
    fragments.rerun_pair()


def _stop() -> None:
    _set_on(False)
    fragments.rerun_panel()  # the kinds of pairs can be chosen again


def summary() -> None:
    """Draws how the round went, and what to do next."""
    now = game()
    splits = resources.verifier(choices.model_name()).card.splits
    st.html(guess_summary.summary(now.tally, now.before, now.rounds, widgets.split_words(splits)))
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
