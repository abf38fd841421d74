"""The places of the demo: nine real villages by name and code, with invented settlements on an invented plain."""

from __future__ import annotations

from dataclasses import dataclass

from synthesis.frame import TOWNSHIP_CODE


@dataclass(frozen=True)
class Settlement:
    """A natural village to be laid out.

    Parameters
    ----------
    name
        Its name; a hamlet's is invented, unless it is the village's own.
    x_km, y_km
        Its centre, kilometres east and north of the origin.
    households
        Households it holds, those of apartment blocks included.
    turned
        Degrees by which its lanes turn from east, anticlockwise.
    aspect
        Its extent along the lanes over that across.
    apartments
        Number of apartment blocks.
    """

    name: str
    x_km: float
    y_km: float
    households: int
    turned: float = 0.0
    aspect: float = 1.4
    apartments: int = 0


@dataclass(frozen=True)
class Village:
    """An administrative village: its real short name, the end of its real code, and its natural villages."""

    name: str
    number: int
    grids: int
    micro_grids: int
    settlements: tuple[Settlement, ...]

    @property
    def code(self) -> str:
        """The 12-digit statistical division code."""
        return f"{TOWNSHIP_CODE}{self.number:03d}"


# the sizes are chosen so that 24 grids and 78 micro-grids almost fit: the villages with 571, 592 and 894 households
# are short of 300 a grid, and the one with 603 has three too many for six micro-grids
VILLAGES = (
    Village(
        "西谷",
        200,
        5,
        16,
        (
            Settlement("西谷", -0.34, 0.10, 1110, 4.0, 1.55, apartments=9),
            Settlement("北堡", -0.72, 0.86, 238, 7.0, 1.2),
            Settlement("新村", 0.18, -0.62, 169, 0.0, 1.6, apartments=3),
        ),
    ),
    Village(
        "东木庄",
        201,
        3,
        10,
        (Settlement("东木庄", 1.72, 0.22, 705, -3.0, 1.3), Settlement("东场", 1.62, -0.72, 226, -6.0, 1.5)),
    ),
    Village(
        "长头",
        202,
        4,
        13,
        (
            Settlement("长头", -1.72, -1.62, 642, 6.0, 1.2, apartments=5),
            Settlement("后庄", -2.62, -1.28, 322, 9.0, 1.1),
            Settlement("南坡", -1.62, -2.52, 258, 2.0, 1.8),
        ),
    ),
    Village(
        "北云支",
        203,
        2,
        6,
        (Settlement("北云支", -2.28, 1.72, 402, 10.0, 1.0), Settlement("上庄", -1.62, 2.38, 190, 12.0, 1.5)),
    ),
    Village(
        "南云支",
        204,
        2,
        6,
        (Settlement("南云支", -2.40, 0.08, 450, 5.0, 1.7), Settlement("铺上", -1.72, -0.32, 121, 3.0, 1.1)),
    ),
    Village("碱场营", 205, 1, 5, (Settlement("碱场营", 1.78, -1.98, 461, -8.0, 1.25),)),
    Village(
        "东罗白",
        206,
        3,
        9,
        (
            Settlement("东罗白", 1.66, 2.14, 557, -5.0, 1.35),
            Settlement("小寨", 2.36, 1.50, 188, -10.0, 0.9),
            Settlement("河东", 1.38, 1.28, 149, -2.0, 1.3),
        ),
    ),
    Village(
        "柳湾",
        207,
        2,
        6,
        (
            Settlement("柳湾", -0.22, -1.66, 312, 14.0, 1.3),
            Settlement("湾西", -0.52, -2.42, 148, 11.0, 1.2),
            Settlement("滩里", 0.78, -2.16, 84, -12.0, 0.8),
            Settlement("柳树园", 0.02, -2.20, 59, 18.0, 1.6),
        ),
    ),
    Village("西罗白", 208, 2, 7, (Settlement("西罗白", -0.18, 2.12, 675, 2.0, 1.45),)),
)
