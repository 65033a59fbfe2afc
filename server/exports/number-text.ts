/** Doubles as text, by the shortest decimals that read back as the same double. */

/** A negative zero keeps its sign, and with the point every reader takes it for a float. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? "-0.0" : String(value);
}

/** As Python writes floats, and so the SACMES desktop program: `1.0`, `1e-07`, `nan`. */
export function pythonNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [mantissa = "", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    const digits = String(Math.abs(exponent)).padStart(2, "0");
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${digits}`;
  }
  const plain = plainDecimals(mantissa, exponent);
  return plain.includes(".") ? plain : `${plain}.0`;
}

function plainDecimals(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith("-") ? "-" : "";
  const digits = mantissa.replace(/[-.]/g, "");
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const rest = digits.slice(exponent + 1);
  return rest === "" ? sign + whole : `${sign}${whole}.${rest}`;
}

/** ISO 8601 to the millisecond; without a zone for an instrument's local time. Empty for a time out of range. */
export function timeText(ms: number, kind: "utc" | "local-time"): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return "";
  const text = date.toISOString();
  return kind === "utc" ? text : text.slice(0, -1);
}
