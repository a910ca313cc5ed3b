// What somebody can do about a table that was rolled back, in the words of errors. Sinks and core say the same, so that a program and the command
// line know them.

export const PUT_BACK = 'put the table back';
export const ROLL_BACK_AGAIN = 'roll the table back again';
/** `Calve.acceptRollback`. */
export const ACCEPT_ROLLBACK = 'accept the rollback, and say whether the files that went load again';
