package dev.gantry.workflow;

import dev.cel.bundle.Cel;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.gantry.workflow.Finding.Rule;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the expressions of one file, each once, and tells which steps and inputs they use. Not thread-safe. */
final class Parser {
    private final Cel environment = Language.untyped(List.of());
    private final Map<String, Optional<CelAbstractSyntaxTree>> trees = new HashMap<>();
    private final Findings findings;

    Parser(Findings findings) {
        this.findings = findings;
    }

    /** Returns the tree of an expression; empty if it cannot be read, which is a finding then. */
    Optional<CelAbstractSyntaxTree> parse(Expression expression, String path) {
        Optional<CelAbstractSyntaxTree> known = trees.get(expression.source());
        if (known != null) {
            return known;
        }
        Optional<CelAbstractSyntaxTree> tree = Optional.empty();
        if (!expression.source().isEmpty()) {
            try {
                CelValidationResult result = environment.parse(expression.source());
                if (result.hasError()) {
                    CelIssue issue = result.getErrors().getFirst();
                    findings.add(Rule.EXPRESSION, at(expression, issue), path, Messages.ofSyntax(issue.getMessage()));
                } else {
                    tree = Optional.of(result.getAst());
                }
            } catch (CelValidationException | RuntimeException unreadable) {
                findings.add(Rule.EXPRESSION, expression.position(), path, "the expression cannot be read");
            } catch (StackOverflowError tooDeep) {
                findings.add(Rule.EXPRESSION, expression.position(), path, "the expression is nested too deeply");
            }
        }
        trees.put(expression.source(), tree);
        return tree;
    }

    /** Where in the file a problem within an expression is. */
    static Position at(Expression expression, CelIssue issue) {
        Position start = expression.position();
        int line = issue.getSourceLocation().getLine();
        int column = issue.getSourceLocation().getColumn();
        if (start.line() == 0 || line < 1) {
            return start;
        }
        return line == 1
                ? new Position(start.line(), start.column() + Math.max(0, column))
                : new Position(start.line() + line - 1, 1);
    }

    /** Returns the ids behind {@code steps.}; one of them empty when {@code steps} is used in another way. */
    static Set<String> steps(CelAbstractSyntaxTree tree) {
        return members(tree, "steps");
    }

    /** Returns the names behind {@code NAME.} of a variable. */
    private static Set<String> members(CelAbstractSyntaxTree tree, String variable) {
        Set<String> members = new LinkedHashSet<>();
        CelNavigableAst.fromAst(tree)
                .getRoot()
                .allNodes()
                .filter(node -> node.getKind() == Kind.IDENT
                        && node.expr().ident().name().equals(variable))
                .forEach(node -> members.add(member(node)));
        return members;
    }

    /** Whether no name is used, so that the value is the same whatever the run. */
    static boolean isConstant(CelAbstractSyntaxTree tree) {
        return CelNavigableAst.fromAst(tree).getRoot().allNodes().noneMatch(node -> node.getKind() == Kind.IDENT);
    }

    private static String member(CelNavigableExpr node) {
        CelExpr parent = node.parent().map(CelNavigableExpr::expr).orElse(null);
        return parent != null && parent.getKind() == Kind.SELECT
                ? parent.select().field()
                : "";
    }
}
