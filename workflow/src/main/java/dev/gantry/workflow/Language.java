package dev.gantry.workflow;

import com.google.common.collect.ImmutableSet;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelBuilder;
import dev.cel.bundle.CelFactory;
import dev.cel.checker.CelStandardDeclarations;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.extensions.CelExtensions;
import dev.cel.extensions.CelStringExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelStandardFunctions;
import java.util.Collection;
import java.util.List;

/**
 * The language of expressions: the Common Expression Language, which has no loops without an end, no side effects and no way
 * to anything that it was not given; with optional values, some functions on text, and bounds.
 */
final class Language {
    /** Most characters of one expression. */
    static final int SOURCE_LENGTH_MAX = 4_000;

    /** Deepest nesting of one expression. */
    private static final int NESTING_MAX = 50;

    /** Most rounds of {@code map}, {@code filter} and the like within one evaluation. */
    private static final int ROUNDS_MAX = 50_000;

    private static final CelType TEXTS = ListType.create(SimpleType.STRING);
    private static final CelType LIST = ListType.create(SimpleType.DYN);

    private static final CelOptions OPTIONS = CelOptions.current()
            .maxExpressionCodePointSize(SOURCE_LENGTH_MAX)
            .maxParseRecursionDepth(NESTING_MAX)
            .maxParseErrorRecoveryLimit(5)
            .comprehensionMaxIterations(ROUNDS_MAX)
            .enableHeterogeneousNumericComparisons(true)
            .enableOptionalSyntax(true)
            .enableTimestampEpoch(true)
            // "loop" is one of our names; none of the others has a meaning in the language.
            .enableReservedIds(false)
            .errorOnDuplicateMapKeys(true)
            .errorOnIntWrap(true)
            .build();

    private Language() {}

    /** Returns the language without names; whoever builds an environment adds those that can be used. */
    static CelBuilder environment() {
        CelStringExtensions strings = CelExtensions.strings(
                CelStringExtensions.Function.TRIM,
                CelStringExtensions.Function.LOWER_ASCII,
                CelStringExtensions.Function.UPPER_ASCII,
                CelStringExtensions.Function.SUBSTRING);
        return CelFactory.standardCelBuilder()
                .setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .setStandardEnvironmentEnabled(false)
                .setStandardDeclarations(CelStandardDeclarations.newBuilder()
                        .excludeFunctions(
                                CelStandardDeclarations.StandardFunction.CONTAINS,
                                CelStandardDeclarations.StandardFunction.MATCHES)
                        .build())
                .setStandardFunctions(CelStandardFunctions.newBuilder()
                        .excludeFunctions(
                                CelStandardFunctions.StandardFunction.CONTAINS,
                                CelStandardFunctions.StandardFunction.MATCHES)
                        .build())
                .addCompilerLibraries(CelExtensions.optional(), strings)
                .addRuntimeLibraries(CelExtensions.optional(), strings)
                .addFunctionDeclarations(DECLARATIONS)
                .addFunctionBindings(BINDINGS);
    }

    /** Returns an environment in which each of the names may hold any value. */
    static Cel untyped(Iterable<String> names) {
        CelBuilder builder = environment();
        names.forEach(name -> builder.addVar(name, SimpleType.DYN));
        return builder.build();
    }

    private static final List<CelFunctionDecl> DECLARATIONS = List.of(
            member("contains", "gantry_contains", SimpleType.BOOL, SimpleType.STRING, SimpleType.STRING),
            member("matches", "gantry_matches", SimpleType.BOOL, SimpleType.STRING, SimpleType.STRING),
            member("split", "gantry_split", TEXTS, SimpleType.STRING, SimpleType.STRING),
            member(
                    "replace",
                    "gantry_replace",
                    SimpleType.STRING,
                    SimpleType.STRING,
                    SimpleType.STRING,
                    SimpleType.STRING),
            member("join", "gantry_join", SimpleType.STRING, LIST, SimpleType.STRING),
            member("flatten", "gantry_flatten", LIST, LIST),
            global("chunks", "gantry_chunks", TEXTS, SimpleType.STRING, SimpleType.INT),
            global("parse_json", "gantry_parse_json", SimpleType.DYN, SimpleType.STRING),
            global("to_json", "gantry_to_json", SimpleType.STRING, SimpleType.DYN));

    private static final List<CelFunctionBinding> BINDINGS = List.of(
            CelFunctionBinding.from("gantry_contains", String.class, String.class, TextFunctions::contains),
            CelFunctionBinding.from("gantry_matches", String.class, String.class, TextFunctions::matches),
            CelFunctionBinding.from("gantry_split", String.class, String.class, TextFunctions::split),
            CelFunctionBinding.from(
                    "gantry_replace",
                    List.of(String.class, String.class, String.class),
                    arguments ->
                            TextFunctions.replace((String) arguments[0], (String) arguments[1], (String) arguments[2])),
            CelFunctionBinding.from("gantry_join", Collection.class, String.class, TextFunctions::join),
            CelFunctionBinding.from("gantry_flatten", Collection.class, TextFunctions::flatten),
            CelFunctionBinding.from("gantry_chunks", String.class, Long.class, TextFunctions::chunks),
            CelFunctionBinding.from("gantry_parse_json", String.class, TextFunctions::parseJson),
            CelFunctionBinding.from("gantry_to_json", Object.class, TextFunctions::toJson));

    /** The functions of our own, for the documentation. */
    static ImmutableSet<String> functionNames() {
        return DECLARATIONS.stream().map(CelFunctionDecl::name).collect(ImmutableSet.toImmutableSet());
    }

    private static CelFunctionDecl member(String name, String overload, CelType result, CelType... parameters) {
        return CelFunctionDecl.newFunctionDeclaration(
                name, CelOverloadDecl.newMemberOverload(overload, result, parameters));
    }

    private static CelFunctionDecl global(String name, String overload, CelType result, CelType... parameters) {
        return CelFunctionDecl.newFunctionDeclaration(
                name, CelOverloadDecl.newGlobalOverload(overload, result, parameters));
    }
}
