import { useEffect } from "preact/hooks";
import type { SessionSummary } from "../../shared/protocol/session.ts";
import { SetupPage } from "../setup/setup-page.tsx";
import { ShareDialog } from "../share/share-dialog.tsx";
import { useViewer } from "../stores/viewer.ts";
import { CalibrationPanel } from "./calibration-panel.tsx";
import { FrequencyMapPanel } from "./frequency-map-panel.tsx";
import { HelpDialog } from "./help-dialog.tsx";
import { NoticeStrip } from "./notice-strip.tsx";
import { PanelTabs } from "./panel-tabs.tsx";
import { ScanPanel } from "./scan-panel.tsx";
import { listenForShortcuts } from "./shortcuts.ts";
import { Sidebar } from "./sidebar.tsx";
import { StateLine } from "./state-line.tsx";
import { TaskStrip } from "./task-strip.tsx";
import { TrendPanel } from "./trend-panel.tsx";
import { useSwipe } from "./use-swipe.ts";

/** The page of one agent: the shown session, or the way to a new one. */
export function SessionPage() {
  const viewer = useViewer();
  const { sessions, setup } = viewer;
  useEffect(() => listenForShortcuts(viewer), []);
  const shown = sessions.shown.value;
  return (
    <div class="page">
      <StateLine />
      <div class="strips">
        <NoticeStrip />
        <TaskStrip />
      </div>
      {setup.active.value || shown === null ? (
        <SetupPage />
      ) : (
        <>
          <PanelTabs />
          <Panels session={shown} key={shown.session_id} />
        </>
      )}
      <HelpDialog />
      <ShareDialog />
    </div>
  );
}

function Lower() {
  const { trends } = useViewer();
  if (trends.lower.value === "calibration") return <CalibrationPanel />;
  return trends.lower.value === "map" ? <FrequencyMapPanel /> : <ScanPanel />;
}

function Panels({ session }: { readonly session: SessionSummary }) {
  const { panels, settled } = useSwipe();
  return (
    <main class="panels" ref={panels} onScrollEnd={settled}>
      <Sidebar session={session} />
      <TrendPanel />
      <Lower />
    </main>
  );
}
