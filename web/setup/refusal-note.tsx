import { useViewer } from "../stores/viewer.ts";

/** Why the start was refused, and what can be done about it. */
export function RefusalNote() {
  const { setup, sessions } = useViewer();
  const refusal = setup.refusal.value;
  if (refusal === null) return null;
  const { running } = refusal;
  const watch = (id: string): void => {
    sessions.show(id);
    setup.close();
  };
  const stopAndStart = async (id: string): Promise<void> => {
    const outcome = await sessions.stop(id);
    if (outcome.ok) await setup.start();
    else setup.refusal.value = { message: outcome.error.message, running: id };
  };
  return (
    <div class="refusal" role="alert">
      <p>{refusal.message}</p>
      {running !== null && (
        <p class="row">
          <button type="button" onClick={() => watch(running)}>
            Watch it
          </button>
          <button type="button" onClick={() => void stopAndStart(running)}>
            Stop it and start this one
          </button>
        </p>
      )}
    </div>
  );
}
