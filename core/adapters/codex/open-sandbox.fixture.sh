#!/bin/sh
# Plays a Codex whose sandbox holds nothing back: `codex sandbox -- COMMAND ...`.
shift 2
exec "$@"
