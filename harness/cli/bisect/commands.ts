import { Command } from 'commander';

/** Adds `kmx bisect …` to the command line. */
export function addBisectCommands(program: Command): void {
  const bisect = new Command('bisect')
    .copyInheritedSettings(program)
    .description('find what makes a test fail, by measuring in between');
  // A line for each command.
  if (bisect.commands.length > 0) program.addCommand(bisect);
}
