// the cells of a village in the browser: what lies where, and the borders that any assignment of cells has;
// cells share their corners, so that a border is found by comparing the two sides of every edge
(function () {
  "use strict";
  const gridgis = (window.gridgis = window.gridgis || {});
  // ten-millionths of a degree: a centimetre, so that a line along a border is that border
  const FINE = 1e7;

  gridgis.pixelOf = (lat, lon) => L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lon), 0);

  class Land {
    // ids: of the cells; parts: their rings, steps in ten-millionths of a degree; homes: households of each
    constructor({ key, ids, parts, homes }) {
      Object.assign(this, { key, ids, homes, count: ids.length });
      this.at = new Map(ids.map((id, at) => [id, at]));
      this.corners = [];
      this.known = new Map();
      this.rings = parts.map((polygons) => polygons.flatMap((rings) => rings.map((steps) => this.ring(steps))));
      this.x0 = new Float64Array(this.corners.length);
      this.y0 = new Float64Array(this.corners.length);
      this.corners.forEach(([lat, lon], corner) => {
        const pixel = gridgis.pixelOf(lat, lon);
        this.x0[corner] = pixel.x;
        this.y0[corner] = pixel.y;
      });
      this.measure();
      this.join();
    }
    ring(steps) {
      const ring = [];
      for (let at = 0, lon = 0, lat = 0; at < steps.length; at += 2) {
        lon += steps[at];
        lat += steps[at + 1];
        const name = lon + " " + lat;
        let corner = this.known.get(name);
        if (corner === undefined) {
          corner = this.corners.push([lat / FINE, lon / FINE]) - 1;
          this.known.set(name, corner);
        }
        ring.push(corner);
      }
      return ring;
    }
    measure() {
      this.box = new Float64Array(4 * this.count);
      this.middle = [];
      this.rings.forEach((rings, cell) => {
        const box = [Infinity, Infinity, -Infinity, -Infinity];
        for (const ring of rings)
          for (const corner of ring) {
            const [x, y] = [this.x0[corner], this.y0[corner]];
            box[0] = Math.min(box[0], x);
            box[1] = Math.min(box[1], y);
            box[2] = Math.max(box[2], x);
            box[3] = Math.max(box[3], y);
          }
        this.box.set(box, 4 * cell);
        this.middle.push(this.insideOf(cell, box));
      });
    }
    // a point inside: the middle of the widest span at half height
    insideOf(cell, box) {
      const y = (box[1] + box[3]) / 2;
      const cuts = this.cutsAt(cell, y);
      let best = [(box[0] + box[2]) / 2, y];
      let widest = 0;
      for (let at = 0; at + 1 < cuts.length; at += 2)
        if (cuts[at + 1] - cuts[at] > widest) {
          widest = cuts[at + 1] - cuts[at];
          best = [(cuts[at] + cuts[at + 1]) / 2, y];
        }
      return best;
    }
    cutsAt(cell, y) {
      const cuts = [];
      for (const ring of this.rings[cell])
        for (let at = 1; at < ring.length; at++) {
          const [a, b] = [ring[at - 1], ring[at]];
          const [ya, yb] = [this.y0[a], this.y0[b]];
          if (ya > y !== yb > y) cuts.push(this.x0[a] + ((y - ya) / (yb - ya)) * (this.x0[b] - this.x0[a]));
        }
      return cuts.sort((one, other) => one - other);
    }
    // every edge with the cells on its sides; the second is -1 at the village's border
    join() {
      const edges = new Map();
      const size = this.corners.length;
      this.rings.forEach((rings, cell) => {
        for (const ring of rings)
          for (let at = 1; at < ring.length; at++) {
            const [a, b] = [Math.min(ring[at - 1], ring[at]), Math.max(ring[at - 1], ring[at])];
            if (a === b) continue;
            const name = a * size + b;
            const edge = edges.get(name);
            if (edge) edge[3] = cell;
            else edges.set(name, [a, b, cell, -1]);
          }
      });
      this.edges = [...edges.values()];
    }
    has(cell, x, y) {
      const box = this.box;
      const at = 4 * cell;
      if (x < box[at] || y < box[at + 1] || x > box[at + 2] || y > box[at + 3]) return false;
      return this.cutsAt(cell, y).filter((cut) => cut <= x).length % 2 === 1;
    }
    // the cell under a pixel of zoom 0; -1 where there is none
    cellAt({ x, y }) {
      for (let cell = 0; cell < this.count; cell++) if (this.has(cell, x, y)) return cell;
      return -1;
    }
    // the cells that a disc touches
    touched({ x, y }, radius) {
      const found = [];
      const reach = radius * radius;
      const { box } = this;
      for (let cell = 0, at = 0; cell < this.count; cell++, at += 4) {
        const aside = Math.max(box[at] - x, 0, x - box[at + 2]);
        const above = Math.max(box[at + 1] - y, 0, y - box[at + 3]);
        if (aside ** 2 + above ** 2 > reach) continue;
        if (this.has(cell, x, y) || this.awayFrom(cell, x, y) <= reach) found.push(cell);
      }
      return found;
    }
    awayFrom(cell, x, y) {
      let least = Infinity;
      for (const ring of this.rings[cell])
        for (let at = 1; at < ring.length; at++) least = Math.min(least, this.awayFromEdge(ring[at - 1], ring[at], x, y));
      return least;
    }
    awayFromEdge(a, b, x, y) {
      const [ax, ay] = [this.x0[a], this.y0[a]];
      const [dx, dy] = [this.x0[b] - ax, this.y0[b] - ay];
      const along = Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1), 0), 1);
      return (ax + along * dx - x) ** 2 + (ay + along * dy - y) ** 2;
    }
    // the cells whose middle lies in a closed line of pixels of zoom 0
    within(line) {
      const found = [];
      for (let cell = 0; cell < this.count; cell++) {
        const [x, y] = this.middle[cell];
        let inside = false;
        for (let at = 0, last = line.length - 1; at < line.length; last = at++) {
          const [a, b] = [line[at], line[last]];
          if (a.y > y !== b.y > y && x < a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x)) inside = !inside;
        }
        if (inside) found.push(cell);
      }
      return found;
    }
    // the edges between different units, as owner tells them
    borders(owner) {
      return this.edges.filter(([, , one, other]) => other >= 0 && owner[one] !== owner[other]);
    }
    // the lines along which two units touch, each a list of corners
    shared(owner, one, other) {
      const mine = this.borders(owner).filter(([, , a, b]) =>
        (owner[a] === one && owner[b] === other) || (owner[a] === other && owner[b] === one));
      return chain(mine);
    }
  }

  // edges put together into lines, as long as they go on without a fork
  const chain = function (edges) {
    const meeting = new Map();
    const note = (corner, at) => meeting.set(corner, [...(meeting.get(corner) || []), at]);
    edges.forEach(([a, b], at) => {
      note(a, at);
      note(b, at);
    });
    const used = new Set();
    const follow = (start) => {
      const line = [start];
      let corner = start;
      for (;;) {
        const next = (meeting.get(corner) || []).find((at) => !used.has(at));
        if (next === undefined) return line;
        used.add(next);
        corner = edges[next][0] === corner ? edges[next][1] : edges[next][0];
        line.push(corner);
        if ((meeting.get(corner) || []).length !== 2) return line;
      }
    };
    const lines = [];
    for (const [corner, at] of meeting) if (at.length !== 2) while (at.some((edge) => !used.has(edge))) lines.push(follow(corner));
    // what is left are rings
    edges.forEach(([a], at) => used.has(at) || lines.push(follow(a)));
    return lines;
  };

  gridgis.land = (cells) => new Land(cells);
})();
