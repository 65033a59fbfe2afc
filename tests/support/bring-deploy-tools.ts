export { bringDeployTools as default } from "./bring-tools.ts";
