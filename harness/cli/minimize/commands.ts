import { Command } from 'commander';

/** Adds `kmx minimize …` to the command line. */
export function addMinimizeCommands(program: Command): void {
  const minimize = new Command('minimize')
    .copyInheritedSettings(program)
    .description('find the least with which a test still passes');
  // A line for each command.
  if (minimize.commands.length > 0) program.addCommand(minimize);
}
