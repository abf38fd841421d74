// a line that splits a unit, and the border of two units that is dragged
(function () {
  "use strict";
  const gridgis = (window.gridgis = window.gridgis || {});
  const HANDLES_PX = 14;
  const NEAR_PX = 12;

  gridgis.WithLines = (Base) =>
    class extends Base {
      startLine() {
        const colour = gridgis.colour("accent");
        this.map.pm.enableDraw("Line", {
          templineStyle: { color: colour, weight: 3 },
          hintlineStyle: { color: colour, weight: 2, dashArray: "6 5" },
          cursorMarker: true,
        });
      }
      finishLine(layer) {
        const line = layer.getLatLngs().map((place) => [place.lng, place.lat]);
        layer.remove();
        const unit = this.unitUnder(layer.getLatLngs());
        if (!unit) this.showHint(this.words.no_unit);
        else if (unit.locked) this.showHint(this.words.locked);
        else {
          this.bench.ghost = line;
          this.bench.send({ tool: "split", unit: unit.code, line });
        }
        this.startLine();
      }
      // the unit that is chosen where the line crosses it, else the one that it runs through the longest
      unitUnder(places) {
        const met = new Map();
        for (let at = 1; at < places.length; at++)
          for (let step = 0; step <= 40; step++) {
            const [a, b] = [places[at - 1], places[at]];
            const pixel = gridgis.pixelOf(a.lat + ((b.lat - a.lat) * step) / 40, a.lng + ((b.lng - a.lng) * step) / 40);
            const unit = this.bench.unitAt(this.bench.land.cellAt(pixel));
            if (unit) met.set(unit, (met.get(unit) || 0) + a.distanceTo(b));
          }
        const chosen = [...met.keys()].find((unit) => this.bench.chosen.has(unit.code));
        return chosen || [...met.keys()].sort((one, other) => met.get(other) - met.get(one))[0];
      }

      borderNear(at) {
        const { bench } = this;
        const reach = (NEAR_PX / this.scale) ** 2;
        let best = null;
        let least = reach;
        for (const edge of bench.borders) {
          const away = bench.land.awayFromEdge(edge[0], edge[1], at.x, at.y);
          if (away <= least) [best, least] = [edge, away];
        }
        if (!best) return null;
        const pair = [bench.owner[best[2]], bench.owner[best[3]]];
        return pair.some((unit) => unit < 0) ? null : { pair: pair.map((unit) => bench.units[unit].code), edge: best };
      }
      seek(at) {
        const near = this.borderNear(at);
        this.near = near;
        this.box.classList.toggle("gridgis-on-border", !!near);
        this.bench.redraw("focus");
      }
      chooseBorder(at) {
        const near = this.borderNear(at);
        if (!near) {
          this.forget();
          return this.bench.redraw("focus");
        }
        const locked = near.pair.some((code) => this.bench.units[this.bench.spot.get(code)].locked);
        if (locked) return this.showHint(this.words.locked);
        const [place] = [this.bench.land.corners[near.edge[0]]];
        return this.follow({ codes: near.pair, place });
      }
      // make the border of two units a line with handles; of several pieces the one nearest to where it was chosen
      follow(pair) {
        this.forget();
        const { bench, map } = this;
        const [one, other] = pair.codes.map((code) => bench.spot.get(code));
        if (one === undefined || other === undefined) return;
        const lines = bench.land.shared(bench.owner, one, other);
        if (!lines.length) return;
        const away = (line) => Math.min(...line.map((corner) => L.latLng(bench.land.corners[corner]).distanceTo(pair.place)));
        const line = lines.sort((a, b) => away(a) - away(b))[0];
        const places = line.map((corner) => L.latLng(bench.land.corners[corner]));
        const handles = this.simplify(line);
        this.pair = pair;
        this.kept = handles.map((at, spot) => ({ place: places[at], to: handles[spot + 1] === undefined ? [] : places.slice(at + 1, handles[spot + 1]) }));
        this.edited = L.polyline(handles.map((at) => places[at]), {
          pane: gridgis.PANE, color: gridgis.colour("accent"), weight: 3.5, interactive: false, pmIgnore: false,
        }).addTo(map);
        this.edited.pm.enable({ allowSelfIntersection: false, snappable: false, preventMarkerRemoval: true });
        this.edited.on("pm:edit", () => this.reshape());
        bench.redraw("focus");
      }
      // the corners that are worth a handle at this zoom (Douglas and Peucker)
      simplify(line) {
        const { land } = this.bench;
        const reach = (HANDLES_PX / this.scale) ** 2;
        const keep = new Set([0, line.length - 1]);
        const halve = (from, to) => {
          let [worst, most] = [-1, reach];
          for (let at = from + 1; at < to; at++) {
            const away = land.awayFromEdge(line[from], line[to], land.x0[line[at]], land.y0[line[at]]);
            if (away > most) [worst, most] = [at, away];
          }
          if (worst < 0) return;
          keep.add(worst);
          halve(from, worst);
          halve(worst, to);
        };
        halve(0, line.length - 1);
        return [...keep].sort((a, b) => a - b);
      }
      // where two handles stay, the border between them stays to the centimetre
      reshape() {
        const places = this.edited.getLatLngs();
        const spot = (place) => this.kept.findIndex((kept) => kept.place.equals(place, 1e-12));
        const line = [];
        places.forEach((place, at) => {
          line.push(place);
          const here = spot(place);
          const next = at + 1 < places.length ? spot(places[at + 1]) : -1;
          if (here >= 0 && next === here + 1) line.push(...this.kept[here].to);
        });
        this.bench.send({ tool: "border", units: this.pair.codes, line: line.map((place) => [place.lng, place.lat]) });
      }
      forget() {
        if (this.edited) {
          this.edited.pm.disable();
          this.edited.remove();
        }
        this.edited = null;
        this.box.classList.remove("gridgis-on-border");
      }
    };
})();
