/**
 * The titration that the simulated sensor goes through: Langmuir binding, a new concentration every so many scans,
 * then a wash, and again.
 */

/** µM; the first is the blank. */
export const CONCENTRATIONS_UM = [0, 1, 2, 4, 8, 16, 32] as const;
/** Concentration of half response, µM. */
export const KD_UM = 1.5;
export const SCANS_PER_STEP = 25;
/** The slow approach to each new equilibrium, as a part of a step. */
const SETTLES = 3 / 25;

/** Which step a scan belongs to, from 0; scans count from 1. */
export function stepOf(number: number, scansPerStep: number): number {
  return Math.floor((number - 1) / scansPerStep);
}

/** What is injected with a scan; null when nothing is. */
export function injectedUm(number: number, scansPerStep: number): number | null {
  if (number === 1 || (number - 1) % scansPerStep !== 0) return null;
  return concentrationUm(stepOf(number, scansPerStep));
}

/** How much of the surface the target has bound, 0 to 1. */
export function boundFraction(number: number, scansPerStep: number = SCANS_PER_STEP): number {
  const step = stepOf(number, scansPerStep);
  const now = equilibrium(concentrationUm(step));
  const before = equilibrium(concentrationUm(step - 1));
  const since = (number - 1) % scansPerStep;
  return now + (before - now) * Math.exp(-since / (SETTLES * scansPerStep));
}

function concentrationUm(step: number): number {
  return CONCENTRATIONS_UM[step % CONCENTRATIONS_UM.length] ?? 0;
}

function equilibrium(concentration_um: number): number {
  return concentration_um / (concentration_um + KD_UM);
}
