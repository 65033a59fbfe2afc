export { bringPython as default } from "./bring-tools.ts";
