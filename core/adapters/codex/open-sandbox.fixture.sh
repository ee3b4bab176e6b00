#!/bin/sh
# Plays a Codex whose sandbox holds nothing back: `codex sandbox -P run -- COMMAND ...`.
shift 4
exec "$@"
