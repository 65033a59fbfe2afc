import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

/** Where a hub listens during development; the viewer itself always asks the address it came from. */
const HUB = process.env.BENCHCAST_HUB ?? "http://127.0.0.1:8080";

/** The viewer: `web/` becomes `dist/web`, files named by their content, nothing inline (the hub's CSP forbids it). */
export default defineConfig({
  root: "web",
  base: "./",
  plugins: [preact()],
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The operator's page is a page of its own: the viewer loads nothing of it.
    rollupOptions: { input: ["web/index.html", "web/admin.html"] },
  },
  server: {
    proxy: {
      "/socket.io": { target: HUB, ws: true },
      "/api": HUB,
      "/agent": HUB,
    },
  },
});
