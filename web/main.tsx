import "./strict-parsing.ts";
import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import { App } from "./app.tsx";
import { hubAddress } from "./connection/hub-address.ts";
import { Viewer, ViewerContext } from "./stores/viewer.ts";

const viewer = new Viewer(hubAddress(location.href, import.meta.env.VITE_HUB_URL));

/** A link carries the User ID behind `#`, which browsers do not send to servers. */
function enterFromAddress(): void {
  if (location.hash.length > 1) viewer.enter(location.hash);
  else viewer.leave();
}

addEventListener("hashchange", enterFromAddress);
enterFromAddress();
viewer.link.start();

const page = document.getElementById("page");
if (page !== null) {
  render(
    <ViewerContext.Provider value={viewer}>
      <App />
    </ViewerContext.Provider>,
    page,
  );
}
