package dev.gantry.workflow;

/**
 * One expression as written, without the {@code ${}} around it, such as {@code steps.review.output.score < 5}.
 *
 * @param source the text; checked for its types when the workflow was validated
 * @param position where it stands in the file
 */
public record Expression(String source, Position position) {}
