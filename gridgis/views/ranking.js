// a list of units, best first: name, share with fraction, a bar with its interval; every text goes in as text
export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const list = parentElement.querySelector("ol");
  const part = (tag, name, text) => {
    const node = document.createElement(tag);
    node.className = name;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const row = (unit) => {
    const item = part("li", unit.standing);
    const button = part("button", "unit");
    button.type = "button";
    button.title = unit.hint;
    if (unit.here) button.setAttribute("aria-current", "true");
    const words = part("span", "words");
    words.append(
      part("span", "rank", unit.rank),
      part("span", "name", unit.name),
      part("span", "fraction", unit.fraction),
      part("span", "share", unit.share),
    );
    const bar = part("span", "bar");
    const fill = part("span", "fill");
    fill.style.width = `${unit.pct}%`;
    const span = part("span", "span");
    span.style.left = `${unit.low}%`;
    span.style.width = `${unit.high - unit.low}%`;
    bar.append(fill, span);
    button.append(words, bar);
    button.onclick = () => setTriggerValue("chosen", unit.code);
    item.append(button);
    return item;
  };
  list.replaceChildren(...data.units.map(row));
  list.setAttribute("aria-label", data.label);
}
