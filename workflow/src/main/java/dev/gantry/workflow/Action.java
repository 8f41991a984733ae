package dev.gantry.workflow;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a step does. Its result is the step's output. */
public sealed interface Action {
    /** Returns the bodies of steps that it contains; empty for most kinds. */
    default List<Body> bodies() {
        return List.of();
    }

    /** Returns the type of the step's output as far as the file tells. */
    default DataType outputType() {
        return DataType.Simple.ANY;
    }

    /**
     * Runs a pattern of the registry.
     *
     * @param pattern its name, with or without namespace and {@code @version}
     * @param input the text it works on
     * @param variables values for its variables
     * @param model null for the pattern's own, or else the default
     * @param output text, or what the model's answer must be as JSON
     */
    record RunPattern(
            String pattern,
            Template input,
            Map<String, Template> variables,
            @Nullable String model,
            DataType output) implements Action {
        /** Copies the map. */
        public RunPattern {
            variables = ordered(variables);
        }

        @Override
        public DataType outputType() {
            return output;
        }
    }

    /**
     * Lets a model work in turns, with tools, until it is done.
     *
     * @param role a pattern whose instructions it follows; null when {@code system} gives them
     * @param system instructions; null when {@code role} gives them
     * @param prompt the task
     * @param model null for the role's own, or else the default
     * @param tools the tools that it may call: {@code server/tool} of an MCP server, where the tool may be {@code *};
     *     {@code http/get} and {@code http/request}; {@code pattern/NAME}; {@code shell/COMMAND}
     * @param turnsMax most calls of the model
     * @param tokensMax most tokens of all its turns; null where only the run's budget bounds it
     * @param output text, or what the last answer must be as JSON
     */
    record RunAgent(
            @Nullable String role,
            @Nullable Template system,
            Template prompt,
            @Nullable String model,
            List<String> tools,
            int turnsMax,
            @Nullable Long tokensMax,
            DataType output)
            implements Action {
        /** Copies the list. */
        public RunAgent {
            tools = List.copyOf(tools);
        }

        @Override
        public DataType outputType() {
            return output;
        }
    }

    /**
     * Calls one tool of an MCP server. The output is what it answers.
     *
     * @param server the name under which the operator configured the server
     */
    record CallTool(String server, String tool, ValueTemplate arguments, DataType output) implements Action {
        @Override
        public DataType outputType() {
            return output;
        }
    }

    /**
     * Calls an address that the operator allows. The output is an object of {@code status}, {@code headers} and
     * {@code body}, where a JSON body is read.
     *
     * @param method in capitals
     * @param secretHeaders headers whose values are secrets, by the secret's name; values are read when the call is made
     *     and stored nowhere
     * @param body null for none; a text is sent as it is, everything else as JSON
     */
    record CallHttp(
            String method,
            Template url,
            Map<String, Template> headers,
            Map<String, String> secretHeaders,
            @Nullable ValueTemplate body)
            implements Action {
        /** The type of every answer. */
        public static final DataType ANSWER = new DataType.ObjectOf(Map.of(
                "status", DataType.Simple.INTEGER,
                "headers", new DataType.ObjectOf(Map.of()),
                "body", DataType.Simple.ANY));

        /** Copies the maps. */
        public CallHttp {
            headers = ordered(headers);
            secretHeaders = ordered(secretHeaders);
        }

        @Override
        public DataType outputType() {
            return ANSWER;
        }
    }

    /** Computes a value from others. */
    record Transform(ValueTemplate value, DataType output) implements Action {
        @Override
        public DataType outputType() {
            return output;
        }
    }

    /**
     * Does its body for each item of a list. The output is the list of results in the order of the items.
     *
     * @param items gives the list; more than {@code itemsMax} items fail the step
     * @param as the name of the item in the body's expressions; its place, from 0, is {@code index}
     * @param parallelMax most items at a time
     * @param onItemFailure what a failed item means for the rest
     */
    record ForEach(Expression items, String as, int parallelMax, int itemsMax, OnItemFailure onItemFailure, Body body)
            implements Action {
        @Override
        public List<Body> bodies() {
            return List.of(body);
        }

        @Override
        public DataType outputType() {
            return new DataType.ListOf(
                    onItemFailure == OnItemFailure.KEEP_NULL ? DataType.Simple.ANY : body.resultType());
        }
    }

    /** What follows when an item of a {@link ForEach} fails. */
    enum OnItemFailure {
        /** The step fails at once; items under way are cancelled. */
        ABORT,
        /** The others go on, and the failed item's result is left out. */
        SKIP,
        /** The others go on, and the failed item's result is null. */
        KEEP_NULL
    }

    /**
     * Does the first body whose condition holds. The output is that body's result, or null when there is none.
     *
     * @param otherwise when no condition holds; null for nothing
     */
    record Branch(List<Case> cases, @Nullable Body otherwise) implements Action {
        /** Copies the list. */
        public Branch {
            cases = List.copyOf(cases);
        }

        @Override
        public List<Body> bodies() {
            return Stream.concat(cases.stream().map(Case::body), Stream.ofNullable(otherwise))
                    .toList();
        }
    }

    /** One way of a {@link Branch}. */
    record Case(Expression when, Body body) {}

    /**
     * Does its body again and again. In its expressions {@code loop.index} counts rounds from 0 and {@code loop.output} is
     * the result of the round before, null in the first; in {@code until} it is that of the round that just ended. The
     * output is the last round's result.
     *
     * @param roundsMax most rounds; reaching it is no failure
     * @param until evaluated after each round; true ends the loop; null for exactly {@code roundsMax} rounds
     */
    record Loop(int roundsMax, @Nullable Expression until, Body body) implements Action {
        @Override
        public List<Body> bodies() {
            return List.of(body);
        }

        @Override
        public DataType outputType() {
            return body.resultType();
        }
    }

    /**
     * Waits until people have decided. The output says whether they agreed, who decided, and their comment; see
     * {@link #DECISION}.
     *
     * @param message what is asked
     * @param approvers who may decide: a user by e-mail address, {@code group:NAME} or {@code team:NAME}; never empty
     * @param approvalsNeeded how many different people must agree; one who rejects suffices for a rejection
     * @param timeout how long to wait
     * @param onTimeout what the end of that time means
     * @param escalation who is added when nobody has decided after some time; null for nobody
     * @param rejectionFails whether a rejection fails the step; otherwise it is an output like another
     */
    record Approve(
            Template message,
            List<String> approvers,
            int approvalsNeeded,
            Duration timeout,
            OnTimeout onTimeout,
            @Nullable Escalation escalation,
            boolean rejectionFails)
            implements Action {
        /** The type of every decision. */
        public static final DataType DECISION = new DataType.ObjectOf(Map.of(
                "approved", DataType.Simple.BOOLEAN,
                "by", DataType.Simple.STRING,
                "comment", DataType.Simple.STRING));

        /** Copies the list. */
        public Approve {
            approvers = List.copyOf(approvers);
        }

        @Override
        public DataType outputType() {
            return DECISION;
        }
    }

    /** What the end of waiting means. */
    enum OnTimeout {
        /** The step fails with a timeout. */
        FAIL,
        /** As if it had been rejected; for a wait, the output is null. */
        REJECT,
        /** As if it had been approved. */
        APPROVE
    }

    /**
     * More people who may decide.
     *
     * @param after how long after the question
     * @param to as {@link Approve#approvers}
     */
    record Escalation(Duration after, List<String> to) {
        /** Copies the list. */
        public Escalation {
            to = List.copyOf(to);
        }
    }

    /** Waits for a length of time. The output is null. */
    record Pause(Duration duration) implements Action {}

    /**
     * Waits for an event within the platform. The output is the event.
     *
     * @param event its name, such as {@code asset.published}
     * @param where a condition on the {@code event}; null for the first of that name
     * @param continues whether the end of the time lets the run go on, with null as the output
     */
    record AwaitEvent(String event, @Nullable Expression where, Duration timeout, boolean continues) implements Action {
        /** The events that there are. */
        public static final List<String> EVENTS = List.of(
                "analysis.done",
                "asset.published",
                "asset.stored",
                "budget.alert",
                "run.cancelled",
                "run.failed",
                "run.succeeded");
    }

    /**
     * Waits for a signed call from outside, to an address of this step alone. The output is the call's JSON body.
     *
     * @param continues whether the end of the time lets the run go on, with null as the output
     */
    record AwaitWebhook(Duration timeout, boolean continues, DataType output) implements Action {
        @Override
        public DataType outputType() {
            return output;
        }
    }

    /**
     * Runs another workflow and waits for its end. The output is an object of its outputs.
     *
     * @param workflow its name, with or without namespace and {@code @version}
     */
    record RunWorkflow(String workflow, Map<String, ValueTemplate> inputs) implements Action {
        /** Copies the map. */
        public RunWorkflow {
            inputs = ordered(inputs);
        }
    }

    /**
     * Runs a command that the operator has defined and allowed, by its name; without such a definition it is refused. The
     * output is an object of {@code exit_code}, {@code stdout} and {@code stderr}.
     *
     * @param command the operator's name for it, never a command line
     * @param arguments values for its parameters, passed as whole arguments and never through a shell
     */
    record RunCommand(String command, Map<String, Template> arguments) implements Action {
        /** The type of every result. */
        public static final DataType RESULT = new DataType.ObjectOf(Map.of(
                "exit_code", DataType.Simple.INTEGER,
                "stdout", DataType.Simple.STRING,
                "stderr", DataType.Simple.STRING));

        /** Copies the map. */
        public RunCommand {
            arguments = ordered(arguments);
        }

        @Override
        public DataType outputType() {
            return RESULT;
        }
    }

    private static <V> Map<String, V> ordered(Map<String, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
