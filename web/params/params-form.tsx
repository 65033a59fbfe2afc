import type { ComponentChildren } from "preact";
import { type MethodName, methodOf, methodsOf } from "./methods.ts";
import { type ParamDraft, type ParamProblems, withMethod, withText } from "./param-draft.ts";
import type { ParamField, ParamOption } from "./param-field.ts";

interface ParamsFormProps {
  /** Begins the ids of the inputs, so that two forms can stand on one page. */
  readonly name: string;
  readonly draft: ParamDraft;
  readonly problems: ParamProblems;
  readonly onEdit: (draft: ParamDraft) => void;
}

/** Every parameter of a method, and the method itself. */
export function ParamsForm({ name, draft, problems, onEdit }: ParamsFormProps) {
  const { fields } = methodOf(draft.technique, draft.method);
  return (
    <>
      <MethodRow name={name} draft={draft} onEdit={onEdit} />
      {fields.map((field) => (
        <FieldRow
          key={`${draft.method} ${field.key}`}
          id={`${name}-${field.key}`}
          field={field}
          texts={draft.texts[field.key] ?? []}
          problem={problems[field.key]}
          onText={(index, text) => onEdit(withText(draft, field.key, index, text))}
        />
      ))}
    </>
  );
}

function MethodRow({ name, draft, onEdit }: Omit<ParamsFormProps, "problems">) {
  const methods = methodsOf(draft.technique);
  if (methods.length < 2) return null;
  return (
    <Row id={`${name}-method`} label="Method" note={methodOf(draft.technique, draft.method).text}>
      <Choice
        label="Method"
        options={methods.map(([value]) => ({ value, text: value }))}
        value={draft.method}
        onChoose={(value) => onEdit(withMethod(draft, value as MethodName))} // one of the options above
      />
    </Row>
  );
}

interface FieldRowProps {
  readonly id: string;
  readonly field: ParamField;
  readonly texts: readonly string[];
  readonly problem: string | undefined;
  readonly onText: (index: number, text: string) => void;
}

function FieldRow({ id, field, texts, problem, onText }: FieldRowProps) {
  return (
    <Row id={id} label={field.label} note={problem ?? field.hint} isProblem={problem !== undefined}>
      <Control id={id} field={field} texts={texts} problem={problem} onText={onText} />
    </Row>
  );
}

function Control({ id, field, texts, problem, onText }: FieldRowProps) {
  const { control, label } = field;
  switch (control.kind) {
    case "choice":
      return (
        <Choice
          label={label}
          options={control.options}
          value={texts[0] ?? ""}
          onChoose={(value) => onText(0, value)}
        />
      );
    case "switch":
      return (
        <input
          id={id}
          type="checkbox"
          checked={texts[0] === "on"}
          aria-describedby={`${id}-note`}
          onChange={({ currentTarget }) => onText(0, currentTarget.checked ? "on" : "")}
        />
      );
    case "texts":
      return (
        <>
          {control.codec.inputs.map((input, index) => (
            <input
              key={input}
              id={index === 0 ? id : `${id}-${index}`}
              class="number"
              value={texts[index] ?? ""}
              spellcheck={false}
              autocomplete="off"
              inputMode="text"
              aria-invalid={problem !== undefined}
              aria-describedby={`${id}-note`}
              {...(input === "" ? {} : { "aria-label": `${label}, ${input}`, placeholder: input })}
              onInput={({ currentTarget }) => onText(index, currentTarget.value)}
            />
          ))}
          {control.unit !== "" && <span class="quiet">{control.unit}</span>}
        </>
      );
  }
}

interface ChoiceProps {
  readonly label: string;
  readonly options: readonly ParamOption[];
  readonly value: string;
  readonly onChoose: (value: string) => void;
}

function Choice({ label, options, value, onChoose }: ChoiceProps) {
  return (
    <fieldset class="segments" aria-label={label}>
      {options.map((option) => (
        <button
          type="button"
          key={option.value}
          aria-pressed={option.value === value}
          onClick={() => onChoose(option.value)}
        >
          {option.text}
        </button>
      ))}
    </fieldset>
  );
}

interface RowProps {
  readonly id: string;
  readonly label: string;
  readonly note: string;
  readonly isProblem?: boolean;
  readonly children: ComponentChildren;
}

function Row({ id, label, note, isProblem = false, children }: RowProps) {
  return (
    <div class="adjust-row">
      <label for={id}>{label}</label>
      <div class="adjust-control">{children}</div>
      <p id={`${id}-note`} class={isProblem ? "note problem" : "note"}>
        {note}
      </p>
    </div>
  );
}
