// The entry: puts the page together and draws it.

import { render } from "preact";
import { createConsole } from "./console.ts";
import { ConsoleContext } from "./console-context.ts";
import { App } from "./frame/app.tsx";

const place = document.getElementById("console");
if (!place) throw new Error("the page has no place for the console");
place.replaceChildren();
const console = createConsole(window);
console.clock.start();
void console.session.ask();
render(
  <ConsoleContext value={console}>
    <App />
  </ConsoleContext>,
  place,
);
