package dev.gantry.cli;

/** The page that {@code gantry --help} shows. */
final class Help {
    private static final int NAME_COLUMN = 18;

    private Help() {}

    static void print(Terminal terminal) {
        terminal.print("gantry COMMAND [OPTION...] runs AI work under control: governed, metered, audited.");
        for (Commands.Group group : Commands.GROUPS) {
            terminal.print("");
            terminal.print(terminal.styled(Terminal.Style.BOLD, group.title()));
            for (Commands.Entry entry : group.entries()) {
                terminal.print("  " + entry.name()
                        + " ".repeat(NAME_COLUMN - entry.name().length()) + entry.description());
            }
        }
        terminal.print("");
        terminal.print("gantry COMMAND --help explains a command. Begin with: gantry run summarize FILE");
        terminal.print("GANTRY_URL and GANTRY_API_KEY name a platform elsewhere; without them a local one is used.");
    }
}
