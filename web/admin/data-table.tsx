import type { ComponentChildren } from "preact";

interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly ComponentChildren[] }[];
  /** What stands there when there is nothing. */
  readonly empty: string;
}

/** A table with its heading and how much is in it; on a phone it scrolls by itself, not the page. */
export function DataTable({ title, columns, rows, empty }: Table) {
  return (
    <section>
      <h2>
        {title} {rows.length > 0 && <span class="quiet">{rows.length}</span>}
      </h2>
      {rows.length === 0 ? (
        <p class="quiet">{empty}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable from the keyboard
        <section class="scrolls" tabIndex={0} aria-label={title}>
          <table data-testid={title.toLowerCase().replaceAll(" ", "-")}>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ key, cells }) => (
                <tr key={key}>
                  {cells.map((cell, index) => (
                    <td key={columns[index]}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}
