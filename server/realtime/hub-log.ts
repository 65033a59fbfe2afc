/** The part of a pino logger that the hub uses; Fastify's own logger fits. */
export interface HubLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
