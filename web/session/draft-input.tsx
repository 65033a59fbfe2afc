import { useState } from "preact/hooks";

interface DraftInputProps {
  readonly class: string;
  readonly "data-testid": string;
  readonly "aria-label"?: string;
  readonly inputMode?: "decimal" | "text";
  readonly placeholder?: string;
  readonly maxLength?: number;
  /** What holds at the moment. */
  readonly shown: string;
  /** Takes what was typed, when the field is left. @returns whether it fits */
  readonly take: (text: string) => boolean;
}

/** A field that keeps what is being typed: the page is drawn again with every scan that comes in. */
export function DraftInput({ shown, take, ...attributes }: DraftInputProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const [isWrong, setWrong] = useState(false);
  return (
    <input
      {...attributes}
      autoComplete="off"
      aria-invalid={isWrong}
      value={draft ?? shown}
      onInput={({ currentTarget }) => setDraft(currentTarget.value)}
      onChange={({ currentTarget }) => {
        const fits = take(currentTarget.value);
        setWrong(!fits);
        // What does not fit stays, to be mended.
        if (fits) setDraft(null);
      }}
    />
  );
}
