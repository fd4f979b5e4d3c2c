package org.kemari.itests.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The floors of the house: api, linux, virtio, and the bundles above them, which never see each other. */
class FloorsTest {
    private static final Path BUNDLES = Path.of("../../bundles");

    private static JavaClasses kemari;

    @BeforeAll
    static void read() {
        kemari = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(location -> !location.contains("itests"))
                .importPackages("org.kemari");
    }

    @Test
    void all_bundles_are_looked_at() throws IOException {
        TreeSet<String> seen = kemari.stream().map(FloorsTest::bundle).collect(Collectors.toCollection(TreeSet::new));
        TreeSet<String> there = new TreeSet<>();
        try (Stream<Path> bundles = Files.list(BUNDLES)) {
            for (Path sources : bundles.map(b -> b.resolve("src/main/java/org/kemari"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> packages = Files.list(sources)) {
                    packages.forEach(p -> there.add(p.getFileName().toString()));
                }
            }
        }
        assertThat(seen).isEqualTo(there).hasSizeGreaterThan(10);
    }

    @Test
    void api_depends_on_nothing_of_ours() {
        noClasses()
                .that()
                .resideInAPackage("org.kemari.api..")
                .should()
                .dependOnClassesThat(resideInAPackage("org.kemari..").and(not(resideInAPackage("org.kemari.api.."))))
                .check(kemari);
    }

    @Test
    void linux_depends_on_the_api_only() {
        noClasses()
                .that()
                .resideInAPackage("org.kemari.linux..")
                .should()
                .dependOnClassesThat(resideInAPackage("org.kemari..")
                        .and(not(resideInAnyPackage("org.kemari.api..", "org.kemari.linux.."))))
                .check(kemari);
    }

    @Test
    void virtio_depends_on_api_and_linux_only() {
        noClasses()
                .that()
                .resideInAPackage("org.kemari.virtio..")
                .should()
                .dependOnClassesThat(resideInAPackage("org.kemari..")
                        .and(not(resideInAnyPackage("org.kemari.api..", "org.kemari.linux..", "org.kemari.virtio.."))))
                .check(kemari);
    }

    @Test
    void siblings_meet_only_through_the_api() {
        slices().matching("org.kemari.(*)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency(
                        resideInAPackage("org.kemari.."),
                        resideInAnyPackage("org.kemari.api..", "org.kemari.linux..", "org.kemari.virtio.."))
                .check(kemari);
    }

    @Test
    void only_linux_uses_jna() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.kemari.linux..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.sun.jna..")
                .check(kemari);
    }

    @Test
    void only_its_engine_uses_zookeeper() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.kemari.arbiterzookeeper..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.zookeeper..", "io.netty..")
                .check(kemari);
    }

    @Test
    void only_management_and_the_page_use_jmx() {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.kemari.management..", "org.kemari.api.management..", "org.kemari.page..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("javax.management..")
                .check(kemari);
    }

    @Test
    void internal_packages_are_internal() {
        classes()
                .that()
                .resideInAPackage("org.kemari..")
                .should(useNoInternalsOfOthers())
                .check(kemari);
    }

    @Test
    void only_the_lower_floors_have_public_packages() {
        classes()
                .that()
                .resideOutsideOfPackages(
                        "org.kemari.api..", "org.kemari.linux..", "org.kemari.virtio..", "org.kemari.eventtap")
                .should()
                .resideInAPackage("..internal..")
                .check(kemari);
    }

    private static ArchCondition<JavaClass> useNoInternalsOfOthers() {
        return new ArchCondition<>("use no internal packages of other bundles") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                String own = bundle(item);
                item.getDirectDependenciesFromSelf().forEach(dependency -> {
                    JavaClass target = dependency.getTargetClass();
                    if (target.getPackageName().startsWith("org.kemari.")
                            && target.getPackageName().contains(".internal")
                            && !bundle(target).equals(own)) {
                        events.add(SimpleConditionEvent.violated(item, dependency.getDescription()));
                    }
                });
            }
        };
    }

    private static String bundle(JavaClass c) {
        return c.getPackageName().split("\\.")[2];
    }
}
