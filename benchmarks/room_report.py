"""What the page of results says of a class in a room."""

from __future__ import annotations


def text(part: dict) -> str:
    """The section of the part *room*."""
    return "\n\n".join(
        (
            "## A class in a room",
            "Phones draw digits by the built-in pen, stroke by stroke, and ask for news every two seconds; a big "
            "screen follows. All are sessions of Streamlit's own protocol, and the rooms are in SQLite. Each drawing "
            "that was sent is looked for in the store and in the screen's gallery. Times begin when *Send* is due.",
            _table(part["lesson"], part["full"], part["killed"]),
            _beside(part["lesson"], part["full"]),
            _after_kill(part["killed"]),
            _large_room(part["large"]),
        )
    )


def _table(lesson: dict, full: dict, killed: dict) -> str:
    lines = [
        "| lesson | drawings | lost | doubled | not on the screen | *Send* to acknowledged: median ms | p95 | longest "
        "| to the screen: median ms | p95 | longest |",
        "|---|" + "--:|" * 10,
    ]
    for words, part in (("", lesson), ("", full), (", the server killed in the middle", killed)):
        times = [part[what].get(name) for what in ("acknowledged_ms", "shown_ms") for name in ("p50", "p95", "max")]
        cells = [f"{part[what]:,}" for what in ("sent", "lost", "doubled", "not_shown")]
        cells += ["" if value is None else f"{value:,.0f}" for value in times]
        lines.append(f"| {part['pupils']} phones, a digit every {part['every_s']:g} s{words} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _beside(lesson: dict, full: dict) -> str:
    """What others noticed of a lesson, and what it took."""
    within = f", answered within {lesson['strokes_ms']['p95']:.0f} ms (p95)" if lesson["strokes_ms"] else ""
    return (
        f"A pupil has {lesson['a_pupil']} digits; then another one takes the seat. Beside the {lesson['pupils']} "
        f"phones {lesson['others']} people drew on Compare: {lesson['strokes']} strokes{within}. The lesson took "
        f"{lesson['cpu']:.2f} of a processor ({full['pupils']} phones: {full['cpu']:.2f}) and sent the screen "
        f"{lesson['screen_kb_s']:.0f} kB a second."
    )


def _after_kill(killed: dict) -> str:
    """What became of a room whose server was killed."""
    back = killed["back_ms"]
    when = f" Whoever was cut off was back in the room within {back['max'] / 1000:.1f} s." if back else ""
    return (
        f"The server that was killed was followed by another one in its place. At the end the room held its "
        f"{killed['joined']} pupils and {killed['in_room']} drawings of {killed['sent']} sent.{when}"
    )


def _large_room(large: dict) -> str:
    """What a room of many drawings takes."""
    asked, new, ticks = large["figures_ms"], large["from_new_ms"], large["tick_ms"]
    memory = ", ".join(f"{name} {value:.0f}" for name, value in large["memory_mb"].items())
    return (
        f"A room of {large['drawings']} drawings, the screen at *Figures*: {large['new']} new drawings, one after "
        f"another, were in the figures and the heat map {asked['p50']:.0f} ms (median) after the screen had asked, and "
        f"{new['p95']:.0f} ms (p95), {new['max']:.0f} ms at most, after they were in the room. Memory of the server, "
        f"MB: {memory}; idle is after one visit, a screen that has opened its room, which is empty. A question for "
        f"news where nothing came costs {ticks['screen']:.1f} ms of a processor for the screen and "
        f"{ticks['phone']:.1f} ms for a phone."
    )
