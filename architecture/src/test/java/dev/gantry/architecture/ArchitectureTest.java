package dev.gantry.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What no module may do. A rule that stands in the way is changed here, with a reason, and not gone around. */
class ArchitectureTest {
    private static final JavaClasses ALL = Wall.allClasses();

    private static final String CLI = Wall.CLI.packageName();
    private static final String SERVER = Wall.SERVER.packageName();

    @Nested
    class Modules {
        @ParameterizedTest
        @EnumSource
        void shouldUseOnlyModulesBelow(Wall module) {
            List<String> allowed = module.allowedPackages();
            classes()
                    .that()
                    .resideInAPackage(module.packageName())
                    .should()
                    .onlyDependOnClassesThat(describe(
                            "are outside of Gantry or in one of " + allowed,
                            type -> !isOurs(type) || allowed.contains(type.getPackageName())))
                    .allowEmptyShould(true)
                    .check(ALL);
        }

        @Test
        void shouldEachBeOneFlatPackageThatHasItsPlaceInTheLayers() {
            Set<String> homeless = ALL.stream()
                    .filter(type -> Wall.of(type).isEmpty())
                    .map(JavaClass::getPackageName)
                    .collect(Collectors.toSet());

            assertThat(homeless).isEmpty();
        }

        @Test
        void shouldAllHaveBeenRead() {
            Set<String> read = ALL.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());

            assertThat(read).contains("dev.gantry.kernel", "dev.gantry.provider.offline", "dev.gantry.cli");
        }

        @Test
        void shouldSayForEveryPackageWhereNullIsAllowed() {
            Set<String> unmarked = ALL.stream()
                    .map(JavaClass::getPackage)
                    .filter(found -> !found.isAnnotatedWith(NullMarked.class))
                    .map(found -> found.getName())
                    .collect(Collectors.toSet());

            assertThat(unmarked).isEmpty();
        }
    }

    @Nested
    class Libraries {
        @Test
        void shouldMeetVertxOnlyAtTheEdgeAndTowardsProviders() {
            noClasses()
                    .that()
                    .resideOutsideOfPackages(SERVER, Wall.GATEWAY.packageName(), Wall.PROVIDER_API.packageName() + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.vertx..")
                    .check(ALL);
        }

        @Test
        void shouldMeetSqlOnlyBelowTheGateway() {
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            Wall.GATEWAY.packageName(),
                            Wall.PROVIDER_API.packageName() + "..",
                            Wall.KERNEL.packageName(),
                            Wall.CONFIG.packageName(),
                            CLI)
                    .should()
                    .dependOnClassesThat(resideInAPackage("java.sql..")
                            .or(resideInAPackage("org.jdbi.."))
                            .or(resideInAPackage("org.postgresql..")))
                    .check(ALL);
        }

        @Test
        void shouldLogThroughOneInterface() {
            noClasses()
                    .should()
                    .accessClassesThat()
                    .resideInAnyPackage(
                            "java.util.logging..", "org.apache.log4j..", "org.apache.logging..", "org.jboss.logging..")
                    .check(ALL);
        }

        @Test
        void shouldNotGenerateCodeBehindTheReadersBack() {
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("lombok..", "org.mockito..", "org.easymock..", "org.powermock..")
                    .check(ALL);
        }
    }

    @Nested
    class Guarding {
        private static final String GATEWAY = Wall.GATEWAY.packageName();

        /**
         * What is sent needs a route, a route needs a guarded request, and only the guard makes one. The vectors of the
         * semantic cache are made by the model in this process, which sends nothing to anyone.
         */
        @Test
        void shouldAskProvidersFromOnePlaceOnly() {
            noClasses()
                    .that()
                    .resideOutsideOfPackage(Wall.PROVIDER_API.packageName() + "..")
                    .and()
                    .doNotHaveFullyQualifiedName(GATEWAY + ".Execution")
                    .and()
                    .doNotHaveFullyQualifiedName(Wall.SERVER.packageName() + ".LocalVectors")
                    .should()
                    .callMethodWhere(describe(
                            "send text to a provider",
                            call -> call.getTargetOwner().getPackageName().equals(Wall.PROVIDER_API.packageName())
                                    && Set.of("chat", "send", "embed").contains(call.getName())))
                    .check(ALL);
        }

        @Test
        void shouldMakeGuardedRequestsInTheGuardOnly() {
            noClasses()
                    .that()
                    .doNotHaveFullyQualifiedName(GATEWAY + ".Guard")
                    .should()
                    .callConstructorWhere(describe(
                            "make a guarded request",
                            call -> call.getTargetOwner().getName().equals(GATEWAY + ".Guarded")))
                    .check(ALL);
        }

        @Test
        void shouldReadProvidersAnswersThroughTheGuardOnly() {
            classes()
                    .that()
                    .haveFullyQualifiedName(GATEWAY + ".Execution")
                    .should()
                    .callMethodWhere(describe(
                            "put the guard before a reply",
                            call -> call.getTargetOwner().getName().equals(GATEWAY + ".Guarded")
                                    && call.getName().equals("over")))
                    .check(ALL);
        }
    }

    @Nested
    class Habits {
        @Test
        void shouldPassTheCallerAsAParameterAndNeverByThread() {
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .areAssignableTo(ThreadLocal.class)
                    .check(ALL);
        }

        @Test
        void shouldPrintOnlyWhereAPersonReads() {
            noClasses()
                    .that()
                    .resideOutsideOfPackage(CLI)
                    .and()
                    .doNotHaveFullyQualifiedName(SERVER + ".Main")
                    .and()
                    // Who cannot write the log has to say so elsewhere.
                    .doNotHaveFullyQualifiedName(SERVER + ".LogSetup")
                    .and()
                    .doNotHaveSimpleName("SimulatorMain")
                    .should()
                    .accessField(System.class, "out")
                    .orShould()
                    .accessField(System.class, "err")
                    .check(ALL);
        }

        @Test
        void shouldEndTheProcessOnlyInItsMainClass() {
            noClasses()
                    .that()
                    .doNotHaveSimpleName("Main")
                    .should()
                    .callMethod(System.class, "exit", int.class)
                    .orShould()
                    .callMethod(Runtime.class, "halt", int.class)
                    .check(ALL);
        }

        @Test
        void shouldTakeTheTimeFromTheClockItWasGiven() {
            noClasses()
                    .should()
                    .callMethod(Instant.class, "now")
                    .orShould()
                    .callMethod(java.time.LocalDate.class, "now")
                    .orShould()
                    .callMethod(java.time.LocalDateTime.class, "now")
                    .orShould()
                    .callMethod(java.time.ZonedDateTime.class, "now")
                    .check(ALL);
        }
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().equals(Wall.ROOT) || type.getPackageName().startsWith(Wall.ROOT + ".");
    }
}
