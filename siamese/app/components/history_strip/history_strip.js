// The recent comparisons as thumbnails; a press on one tells the app its number.

export default function ({ data, parentElement, setTriggerValue }) {
  const list = parentElement.querySelector("ol");
  const known = new Map([...list.children].map((item) => [item.dataset.number, item]));
  const items = JSON.parse(data.entries).map((entry) => {
    const number = String(entry.number);
    let item = known.get(number);
    if (!item) {
      item = document.createElement("li");
      item.dataset.number = number;
      item.innerHTML = '<button type="button"><img alt=""><div class="heading"></div><div class="more"></div></button>';
    }
    const button = item.firstChild;
    const [picture, heading, more] = button.children;
    button.onclick = () => setTriggerValue("chosen", entry.number);
    button.className = entry.css;
    button.setAttribute("aria-label", entry.spoken);
    button.setAttribute("aria-current", String(entry.current));
    const source = `data:image/png;base64,${entry.picture}`;
    if (picture.getAttribute("src") !== source) picture.src = source;
    heading.textContent = entry.heading;
    more.textContent = entry.more;
    return item;
  });
  if (!items.length) {
    const empty = document.createElement("li");
    empty.className = "empty";
    empty.textContent = data.empty;
    items.push(empty);
  }
  // Only what changed is touched, so that the pictures stand still and the keyboard's place is kept.
  for (const item of Array.from(list.children)) if (!items.includes(item)) item.remove();
  items.forEach((item, place) => {
    if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
  });
}
