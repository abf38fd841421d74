"""A survey of the land before it is planned: buildings, natural villages, groups and neighbours, from the fabric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgis.geo.fabric import Fabric
from gridgis.model.layers import Layers
from gridgis.planning.feasibility import Land, Piece
from gridgis.planning.shares import Share

Ints = npt.NDArray[np.int64]


def survey_lands(
    fabric: Fabric, layers: Layers, lands: Sequence[tuple[str, Ints]], shares: Sequence[Share], ceiling: int
) -> tuple[Land, ...]:
    """Survey the pieces of land that are planned on their own.

    Parameters
    ----------
    fabric
        The fabric.
    layers
        Villages and, where there are any, natural villages, for their names.
    lands
        Village code and cell ids of each piece of land.
    shares
        The units of each.
    ceiling
        Households above which a building is told: the most of a micro-grid.
    """
    villages = layers.villages
    names = {} if villages is None else dict(zip(villages["code"], villages["name"], strict=True))
    bordering = _bordering(fabric)
    hamlets = name_natural_villages(fabric.households["natural_village"], layers)
    people = pd.DataFrame(fabric.households[["cell_id", "households", "villager_group"]]).assign(
        natural_village=hamlets
    )
    number = np.repeat(np.arange(len(lands)), [len(cells) for _, cells in lands])
    land_of = pd.Series(number, index=np.concatenate([cells for _, cells in lands]))
    pieces = {land: _gather_pieces(mine) for land, mine in people.groupby(people["cell_id"].map(land_of))}
    in_cell = fabric.cells["households"]
    surveyed = []
    for land, ((code, cells), share) in enumerate(zip(lands, shares, strict=True)):
        sizes = in_cell.loc[cells].to_numpy()
        surveyed.append(
            Land(
                village_code=code,
                village=names.get(code, code),
                households=int(sizes.sum()),
                share=share,
                buildings=tuple(sorted(sizes[sizes > ceiling].tolist(), reverse=True)),
                sites=max(int((sizes > 0).sum()), 1),
                pieces=pieces.get(land, ()),
                neighbours=bordering.get(code, ()),
            )
        )
    return tuple(surveyed)


def name_natural_villages(codes: pd.Series, layers: Layers) -> pd.Series:
    """Put names in the place of natural villages' codes; what no natural village has as its code stays."""
    known = layers.natural_villages
    if known is None:
        return codes
    by_code = dict(zip(known["code"], known["name"], strict=True))
    return codes.map(lambda code: by_code.get(code, code))


def _gather_pieces(people: pd.DataFrame) -> tuple[Piece, ...]:
    pieces = []
    for kind in ("natural_village", "villager_group"):
        sizes = people.dropna(subset=kind).groupby(kind)["households"].sum()
        pieces += [Piece(kind, str(name), int(size)) for name, size in sizes.items()]
    return tuple(sorted(pieces, key=lambda piece: (-piece.households, piece.kind, piece.name)))


def _bordering(fabric: Fabric) -> Mapping[str, tuple[str, ...]]:
    """List for each village those that border on it, the longest border first."""
    village = fabric.cells["village_code"]
    borders = fabric.borders
    ends = pd.DataFrame(
        {
            "here": village.loc[borders["a"]].to_numpy(),
            "there": village.loc[borders["b"]].to_numpy(),
            "length_m": borders["length_m"].to_numpy(),
        }
    )
    ends = ends[ends["here"] != ends["there"]]
    both = pd.concat([ends, ends.rename(columns={"here": "there", "there": "here"})])
    lengths = both.groupby(["here", "there"])["length_m"].sum().reset_index()
    lengths = lengths.sort_values(["here", "length_m", "there"], ascending=[True, False, True])
    return {str(code): tuple(mine["there"]) for code, mine in lengths.groupby("here")}
