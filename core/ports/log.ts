/** The server's own log (pino fits): fields first, then a static message. Never given agent output, bodies or secrets. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
