package org.kemari.itests.guests;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.Remapper;

/**
 * Makes a bundle as its next release could be: it does the same, its version is higher, and there is no internal class of
 * the old name any more. They have gone to another package, in the code and in what the bundle says of itself.
 */
final class NextRelease {
    static final String VERSION = "99.0.0";

    private final String before;
    private final String after;

    private NextRelease(String before, String after) {
        this.before = before;
        this.after = after;
    }

    /**
     * Makes the bundle.
     *
     * @param bundle the one that there is
     * @param before its internal package; those below it go with it
     * @param after the package that takes its place
     * @param target the file to write
     */
    static void make(Path bundle, String before, String after, Path target) throws IOException {
        try (JarFile from = new JarFile(bundle.toFile());
                JarOutputStream to = new JarOutputStream(
                        Files.newOutputStream(target), new NextRelease(before, after).manifest(from.getManifest()))) {
            NextRelease release = new NextRelease(before, after);
            List<JarEntry> files = Collections.list(from.entries()).stream()
                    .filter(entry -> !entry.isDirectory() && !entry.getName().equals(JarFile.MANIFEST_NAME))
                    .toList();
            for (JarEntry file : files) {
                try (InputStream content = from.getInputStream(file)) {
                    to.putNextEntry(new JarEntry(release.words(file.getName())));
                    to.write(release.content(file.getName(), content.readAllBytes()));
                }
            }
        }
    }

    private Manifest manifest(Manifest old) {
        Manifest manifest = new Manifest(old);
        Attributes main = manifest.getMainAttributes();
        main.replaceAll((name, value) -> words((String) value));
        main.putValue("Bundle-Version", VERSION);
        return manifest;
    }

    private byte[] content(String name, byte[] old) {
        if (name.endsWith(".class")) {
            ClassWriter writer = new ClassWriter(0);
            new ClassReader(old).accept(new ClassRemapper(writer, new Renaming()), 0);
            return writer.toByteArray();
        }
        return name.endsWith(".xml")
                ? words(new String(old, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8)
                : old;
    }

    private String words(String old) {
        return old.replace(before, after).replace(path(before), path(after));
    }

    private static String path(String packageName) {
        return packageName.replace('.', '/');
    }

    private final class Renaming extends Remapper {
        Renaming() {
            super(Opcodes.ASM9);
        }

        @Override
        public String map(String internalName) {
            return words(internalName);
        }
    }
}
