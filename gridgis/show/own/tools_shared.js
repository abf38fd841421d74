// what the parts of the tools share
(function () {
  "use strict";
  const gridgis = (window.gridgis = window.gridgis || {});
  gridgis.PANE = "gridgis-hand";
  gridgis.TOOLS = ["choose", "brush", "lasso", "rectangle", "split", "border"];
  gridgis.DRAWN_BY_HAND = ["brush", "lasso", "rectangle"];

  gridgis.make = (tag, kind, parent, text) => {
    const node = L.DomUtil.create(tag, kind, parent);
    if (text !== undefined) node.textContent = text;
    return node;
  };
})();
