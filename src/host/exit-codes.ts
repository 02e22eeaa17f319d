// Decides which exit codes a Shell gives for a command that did not end by itself.
// Leaves giving them to spawn, lean-spawn and ssh.

/** Exit code of timeout(1), given to commands stopped by `timeout` or `signal`. */
export const timedOut = 124
/** Exit code of env(1) and sh(1) for a command that does not exist. */
export const notFound = 127
