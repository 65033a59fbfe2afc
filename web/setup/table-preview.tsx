import type { TableSample } from "../stores/described-table.ts";
import { useViewer } from "../stores/viewer.ts";
import {
  type ColumnRole,
  MOST_ELECTRODES,
  rolesOf,
  shownLines,
  type TableDraft,
  withRole,
} from "./table-draft.ts";

const SHOWN_ROWS = 5;
const MOST_COLUMNS = 40;

interface TablePreviewProps {
  readonly sample: TableSample;
  readonly draft: TableDraft;
}

/** The first lines of the file, cut as described; above every column what it is. */
export function TablePreview({ sample, draft }: TablePreviewProps) {
  const { setup } = useViewer();
  const lines = shownLines(sample.lines, draft, SHOWN_ROWS);
  const roles = rolesOf(draft);
  const width = Math.min(MOST_COLUMNS, Math.max(1, roles.length, ...lines.map(({ cells }) => cells.length)));
  const columns = Array.from({ length: width }, (_, index) => index + 1);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="table-preview" tabIndex={0} aria-label={`First lines of ${sample.name}`}>
      <table>
        <thead>
          <tr>
            <th scope="col" class="quiet">
              Line
            </th>
            {columns.map((column) => (
              <th scope="col" key={column} data-role={(roles[column - 1] ?? "").split(" ")[0]}>
                <select
                  aria-label={`Column ${column}`}
                  value={roles[column - 1] ?? ""}
                  onChange={({ currentTarget }) =>
                    // The values are the roles that are offered below.
                    setup.table.edit(withRole(draft, column, currentTarget.value as ColumnRole))
                  }
                >
                  {rolesFor(draft, roles[column - 1] ?? "").map(([role, text]) => (
                    <option key={role} value={role} selected={(roles[column - 1] ?? "") === role}>
                      {text}
                    </option>
                  ))}
                </select>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map(({ number, kind, cells }) => (
            <tr key={number} data-kind={kind}>
              <th scope="row" class="quiet">
                {number}
              </th>
              {kind === "header" ? (
                <td colSpan={width}>{cells[0]}</td>
              ) : (
                columns.map((column) => (
                  <td key={column} data-role={(roles[column - 1] ?? "").split(" ")[0]}>
                    {cells[column - 1] ?? ""}
                  </td>
                ))
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What a column may be. At an even spacing the currents are told by it, not column by column. */
function rolesFor(draft: TableDraft, own: ColumnRole): (readonly [ColumnRole, string])[] {
  const always: (readonly [ColumnRole, string])[] = [
    ["", "not read"],
    ["x", draft.technique === "ca" ? "time" : "potential"],
    ["scan", draft.technique === "cv" ? "cycle number" : "scan number"],
  ];
  if (draft.layout === "spaced")
    return always.some(([role]) => role === own) ? always : [...always, [own, own]];
  return [...always, ...currentRoles(draft)];
}

/** All that are taken, and one electrode more. */
function currentRoles(draft: TableDraft): (readonly [ColumnRole, string])[] {
  const highest = Math.max(0, ...draft.roles.map((role) => Number(role.split(" ")[1] ?? 0)));
  const electrodes = Array.from({ length: Math.min(MOST_ELECTRODES, highest + 1) }, (_, index) => index + 1);
  const isPulse =
    draft.technique === "swv" || draft.technique === "dpv" || draft.technique === "frequency-map";
  return [
    ...electrodes.map((electrode) => [`current ${electrode}`, `current ${electrode}`] as const),
    ...(isPulse
      ? electrodes.flatMap((electrode) => [
          [`forward ${electrode}`, `forward ${electrode}`] as const,
          [`reverse ${electrode}`, `reverse ${electrode}`] as const,
        ])
      : []),
  ];
}
