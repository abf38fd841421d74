"""The five figures of the overview, each with its unit, denominator, period and change since the last period."""

from __future__ import annotations

from gridgis.ledger.periods import Period
from gridgis.views import measures
from gridgis.views.parts import Figure
from gridgis.views.scene import Place, Scene
from gridgis.views.wording import count, percent


def headline_figures(scene: Scene, place: Place, period: Period) -> list[Figure]:
    """List the figures of a unit in a period: the three full coverages, overdue households, open services.

    Parameters
    ----------
    scene, place
        What the page is given; the unit is the one in focus.
    period
        Period taken to date.
    """
    figures = [_served(scene, place, period), _party(scene, place, period), _ground(scene, place)]
    return [
        *(each for each in figures if each is not None),
        _overdue(scene, place, period),
        _open(scene, place, period),
    ]


def _served(scene: Scene, place: Place, period: Period) -> Figure:
    now, before = (measures.served(scene, place.units, place.focus, each) for each in (period, period.previous()))
    change = now.change_since(before)
    return Figure(
        scene.say("app.figure.served"),
        percent(now.pct),
        scene.say(
            "app.figure.served_of",
            part=count(now.numerator),
            whole=count(now.denominator),
            period=period.words(scene.lang, place.on),
        ),
        "" if change is None else _change(scene, "app.figure.change_points", round(change, 1), f"{abs(change):.1f}"),
    )


def _party(scene: Scene, place: Place, period: Period) -> Figure | None:
    party = measures.party(scene, place.units, place.focus, period.end)
    if party is None:
        return None
    posts = party.posts
    of = scene.say("app.figure.party_of", part=count(posts.numerator), whole=count(posts.denominator))
    permits = scene.say(
        "app.figure.permits", part=count(party.permits.numerator), whole=count(party.permits.denominator)
    )
    return Figure(scene.say("app.figure.party"), percent(posts.pct), of, permits)


def _ground(scene: Scene, place: Place) -> Figure | None:
    ground = measures.ground(scene, place.units, place.focus)
    if ground is None:
        return None
    inside, land = ground.households, ground.land
    of = scene.say("app.figure.ground_of", part=count(inside.numerator), whole=count(inside.denominator))
    return Figure(
        scene.say("app.figure.ground"), percent(inside.pct), of, scene.say("app.figure.land", pct=percent(land.pct))
    )


def _overdue(scene: Scene, place: Place, period: Period) -> Figure:
    now, before = (measures.overdue(scene, place.units, place.focus, each.end) for each in (period, period.previous()))
    n, first = now["households"].sum(), now.loc[now["priority"].notna(), "households"].sum()
    whole = measures.households_in(scene, place.units, place.focus)["households"].sum()
    change = int(n - before["households"].sum())
    return Figure(
        scene.say("app.figure.overdue"),
        scene.say("app.figure.overdue_value", number=count(n)),
        scene.say("app.figure.overdue_of", whole=count(whole), priority=count(first)),
        _change(scene, "app.figure.change_count", change, count(abs(change))),
    )


def _open(scene: Scene, place: Place, period: Period) -> Figure:
    now, before = (
        measures.open_services(scene, place.units, place.focus, each) for each in (period, period.previous())
    )
    change = now.open - before.open
    return Figure(
        scene.say("app.figure.open"),
        scene.say("app.figure.open_value", number=count(now.open)),
        scene.say("app.figure.open_of", reported=count(now.reported), period=period.words(scene.lang, place.on)),
        _change(scene, "app.figure.change_count", change, count(abs(change))),
    )


def _change(scene: Scene, key: str, change: float, amount: str) -> str:
    if not change:
        return scene.say("app.figure.same")
    return scene.say(key, sign="+" if change > 0 else "−", amount=amount)
