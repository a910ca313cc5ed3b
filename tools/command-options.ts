import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

type Values<Options extends ParseArgsOptionsConfig> = ReturnType<typeof parseArgs<{ options: Options }>>['values'];

/**
 * The options of a command of `./dev`. `--help` prints the help and ends with 0; what cannot be understood is told in one line in front of it, and
 * ends with 2.
 */
export function commandOptions<const Options extends ParseArgsOptionsConfig>(help: string, options: Options): Values<Options> {
  if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
    process.stdout.write(help);
    process.exit(0);
  }
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    process.exit(2);
  }
}
