// what every map of gridgis shares: theme, panes, patterns, tooltips, the choice of a thing, and the map's furniture;
// text is only ever set as textContent, so that no name from a file becomes markup
(function () {
  "use strict";
  const gridgis = (window.gridgis = window.gridgis || {});
  const PANES = { ground: 350, units: 400, left: 405, right: 406, over: 420, focus: 430, points: 440, names: 450 };
  const SCALE = 1e6;
  const PADDING = 6;
  // the zoom at which a house has room around it
  const NEAR = 16;

  gridgis.dark = function () {
    // paper is white
    if (matchMedia("print").matches) return false;
    const given = getComputedStyle(document.documentElement).getPropertyValue("--background-color").trim();
    if (!given) return matchMedia("(prefers-color-scheme: dark)").matches;
    const brush = document.createElement("canvas").getContext("2d");
    brush.fillStyle = given;
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(brush.fillStyle.slice(at, at + 2), 16));
    return 0.3 * red + 0.59 * green + 0.11 * blue < 110;
  };

  // a colour is named by what it means; the palette of the theme says what it looks like
  gridgis.colour = (name) => (gridgis.palette[gridgis.isDark ? "dark" : "light"] || {})[name] || name;

  gridgis.renderer = function (map, pane) {
    map.gridgisRenderers = map.gridgisRenderers || {};
    if (!map.getPane("gridgis-" + pane)) {
      const element = map.createPane("gridgis-" + pane);
      element.style.zIndex = PANES[pane];
      if (pane !== "units") element.style.pointerEvents = "none";
      map.gridgisRenderers[pane] = L.canvas({ pane: "gridgis-" + pane, padding: 0.25 });
    }
    return map.gridgisRenderers[pane];
  };

  // whole millionths of a degree, each pair the step from the one before
  gridgis.decode = function (steps) {
    const places = [];
    for (let at = 0, lon = 0, lat = 0; at < steps.length; at += 2) {
      lon += steps[at];
      lat += steps[at + 1];
      places.push([lat / SCALE, lon / SCALE]);
    }
    return places;
  };

  gridgis.lines = function (texts, kind) {
    const box = L.DomUtil.create("div", kind || "gridgis-lines");
    for (const text of texts) if (text) L.DomUtil.create("div", "", box).textContent = text;
    return box;
  };

  gridgis.choose = function (choice) {
    window.dispatchEvent(new CustomEvent("gridgis:choose", { detail: choice }));
    if (window.Streamlit) window.Streamlit.setComponentValue(Object.assign({ at: Date.now() }, choice));
  };

  // ---- patterns: what colour says is said by texture too

  gridgis.texture = function (context, kind, colour) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const brush = tile.getContext("2d");
    brush.strokeStyle = brush.fillStyle = colour;
    if (kind === "dots") {
      for (const [x, y] of [[2, 2], [6, 6]]) {
        brush.beginPath();
        brush.arc(x, y, 1, 0, 2 * Math.PI);
        brush.fill();
      }
    } else {
      brush.lineWidth = 1;
      brush.beginPath();
      for (const from of [-8, 0, 8]) {
        brush.moveTo(from - 1, 9);
        brush.lineTo(from + 9, -1);
      }
      brush.stroke();
    }
    return context.createPattern(tile, "repeat");
  };

  const fillStroke = L.Canvas.prototype._fillStroke;
  L.Canvas.include({
    _fillStroke(context, layer) {
      fillStroke.call(this, context, layer);
      if (!layer.options.texture) return;
      context.save();
      context.globalAlpha = 1;
      context.fillStyle = gridgis.texture(context, layer.options.texture, layer.options.textureColor);
      context.fill(layer.options.fillRule || "evenodd");
      context.restore();
    },
  });

  // ---- furniture

  const button = function (box, sign, title, act) {
    const made = L.DomUtil.create("a", "gridgis-button", box);
    made.href = "#";
    made.setAttribute("role", "button");
    made.title = title;
    made.setAttribute("aria-label", title);
    made.innerHTML = sign; // one of the drawings below
    L.DomEvent.on(made, "click", (event) => {
      L.DomEvent.stop(event);
      act();
    });
  };
  const drawing = (path) =>
    `<svg viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.6">${path}</svg>`;
  const HOME = drawing('<path d="M2 8 8 2.5 14 8M4 7v6.5h8V7"/>');
  const WHOLE = drawing('<path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4"/>');
  const NORTH = '<svg viewBox="0 0 20 26" width="20" height="26"><path d="M10 1 16 24 10 19 4 24z" fill="currentColor"/></svg>';

  const Corner = L.Control.extend({
    initialize(position, fill, kind) {
      L.setOptions(this, { position });
      Object.assign(this, { fill, kind });
    },
    onAdd(map) {
      const box = L.DomUtil.create("div", this.kind);
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      this.fill(box, map);
      return box;
    },
  });
  gridgis.corner = (position, kind, fill) => new Corner(position, fill, kind);

  gridgis.begin = function (map, options) {
    gridgis.palette = options.palette;
    gridgis.map = map;
    gridgis.words = options.words;
    L.Icon.Default.imagePath = options.icons;
    const box = map.getContainer();
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", options.words.map);
    const home = L.latLngBounds(options.bounds);
    // what is to be seen, at every size of the map, until a person moves it
    let area = home;
    let moved = false;
    const fit = (animate) => {
      // room for the furniture at the sides, where there is any
      const side = map.getSize().x > 640 ? [40, 120] : [PADDING, PADDING];
      map.fitBounds(area, {
        paddingTopLeft: [side[0], PADDING], paddingBottomRight: [side[1], PADDING], maxZoom: NEAR + 1, animate,
      });
    };
    gridgis.show = (wanted, animate) => {
      area = wanted;
      moved = false;
      fit(animate);
    };
    const goHome = () => gridgis.show(home, false);
    goHome();
    map.setMinZoom(Math.max(map.getZoom() - 2, 0));
    map.setMaxBounds(home.pad(1.5));
    // one finger moves the page that the map lies in, two fingers the map; alone on the screen the map has both
    const byFinger = matchMedia("(pointer: coarse)").matches;
    const grip = () => byFinger && map.dragging[document.fullscreenElement ? "enable" : "disable"]();
    grip();
    document.addEventListener("fullscreenchange", grip);
    L.DomEvent.on(box, "pointerdown wheel keydown", () => (moved = true));
    map.on("resize", () => moved || fit(false));
    // the style sheet may come after the script
    new ResizeObserver(() => map.invalidateSize({ animate: false, pan: false })).observe(box);
    L.control.zoom({ zoomInTitle: options.words.zoom_in, zoomOutTitle: options.words.zoom_out }).addTo(map);
    gridgis
      .corner("topleft", "leaflet-bar", (bar) => {
        button(bar, HOME, options.words.reset, goHome);
        button(bar, WHOLE, options.words.full_screen, () =>
          document.fullscreenElement ? document.exitFullscreen() : box.requestFullscreen()
        );
      })
      .addTo(map);
    gridgis
      .corner("topright", "gridgis-north", (corner) => {
        corner.innerHTML = NORTH;
        L.DomUtil.create("div", "", corner).textContent = options.words.north;
      })
      .addTo(map);
    L.control.scale({ imperial: false, maxWidth: 120 }).addTo(map);
    map.attributionControl.setPrefix(false).addAttribution(options.words.attribution); // escaped where it was made
    if (options.words.note) L.DomUtil.create("div", "gridgis-note", box).textContent = options.words.note;
    const paint = function () {
      const dark = gridgis.dark();
      if (dark === gridgis.isDark) return;
      gridgis.isDark = dark;
      box.classList.toggle("gridgis-dark", dark);
      for (const [name, colour] of Object.entries(options.palette[dark ? "dark" : "light"]))
        box.style.setProperty("--gg-" + name, colour);
      map.eachLayer((layer) => layer.repaint && layer.repaint());
    };
    paint();
    if (window.Streamlit) window.Streamlit.events.addEventListener("streamlit:render", paint);
    for (const medium of ["(prefers-color-scheme: dark)", "print"]) matchMedia(medium).addEventListener("change", paint);
  };

  // looks at a place once; a later look at the same place leaves the user's view alone
  gridgis.look = function (bounds) {
    const Look = L.Layer.extend({
      onAdd(map) {
        const wanted = JSON.stringify(bounds);
        if (map.gridgisLook === wanted) return;
        map.gridgisLook = wanted;
        const area = L.latLngBounds(bounds);
        const point = area.getSouthWest().equals(area.getNorthEast());
        if (point && map.getZoom() >= NEAR && map.getBounds().contains(area)) return;
        gridgis.show(area, true);
      },
      onRemove() {},
    });
    return new Look();
  };

  const initLayout = L.Control.Layers.prototype._initLayout;
  L.Control.Layers.include({
    _initLayout() {
      initLayout.call(this);
      // Leaflet knows this word in English only
      this._layersLink.title = gridgis.words.layers;
      this._layersLink.setAttribute("aria-label", gridgis.words.layers);
    },
  });

  // ---- legend: a layer, so that it comes and goes with what it explains

  const Legend = L.Layer.extend({
    initialize(options) {
      this.legend = options;
    },
    onAdd(map) {
      this.corner = gridgis.corner("bottomright", "gridgis-legend", (box) => this.fill(box, map)).addTo(map);
    },
    onRemove() {
      this.corner.remove();
    },
    repaint() {
      const map = this._map;
      this.onRemove();
      this.onAdd(map);
    },
    fill(box, map) {
      const fold = L.DomUtil.create("details", "", box);
      fold.open = map.getSize().x > 480;
      L.DomUtil.create("summary", "", fold).textContent = this.legend.title;
      for (const entry of this.legend.entries) {
        const row = L.DomUtil.create("div", "gridgis-entry", fold);
        row.appendChild(gridgis.swatch(entry));
        L.DomUtil.create("span", "", row).textContent = entry.text;
      }
      if (this.legend.note) L.DomUtil.create("div", "gridgis-small", fold).textContent = this.legend.note;
    },
  });
  gridgis.legend = (options) => new Legend(options);

  gridgis.swatch = function (entry) {
    const sheet = L.DomUtil.create("canvas", "gridgis-swatch");
    const sharp = window.devicePixelRatio || 1;
    sheet.width = 22 * sharp;
    sheet.height = 14 * sharp;
    const brush = sheet.getContext("2d");
    brush.scale(sharp, sharp);
    const style = entry.style;
    if (entry.shape) {
      brush.beginPath();
      gridgis.trace(brush, entry.shape, 11, 7, 5);
      gridgis.finish(brush, entry.shape, gridgis.colour(style.fill), 5);
      return sheet;
    }
    brush.rect(1.5, 1.5, 19, 11);
    if (style.fill) {
      brush.globalAlpha = style.opacity === undefined ? 1 : style.opacity;
      brush.fillStyle = gridgis.colour(style.fill);
      brush.fill();
      brush.globalAlpha = 1;
    }
    if (style.texture) {
      brush.fillStyle = gridgis.texture(brush, style.texture, gridgis.colour(style.textureColour));
      brush.fill();
    }
    if (style.line) {
      brush.strokeStyle = gridgis.colour(style.line);
      brush.lineWidth = Math.min(style.width || 1, 2.5);
      brush.setLineDash((style.dash || "").split(" ").filter(Boolean).map(Number));
      brush.stroke();
    }
    return sheet;
  };
})();
