// Decides what the rehearsal's internet says to whoever asks it `GET /`, so that a check can tell it from anything else.
// Leaves answering to mirror-server.
export const greeting = 'bateau rehearsal internet\n'
