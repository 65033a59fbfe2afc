import "../strict-parsing.ts";
import { render } from "preact";
import { AdminPage } from "./admin-page.tsx";
import { HubAdmin } from "./hub-admin.ts";

const admin = new HubAdmin(new URL(".", location.href));
const page = document.getElementById("page");
if (page !== null) render(<AdminPage admin={admin} />, page);
admin.start();
