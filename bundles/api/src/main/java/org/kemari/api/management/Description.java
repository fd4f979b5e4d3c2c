package org.kemari.api.management;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import javax.management.DescriptorKey;

/** What a console shows for an MBean, an attribute, an operation or a parameter. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.PARAMETER})
public @interface Description {
    /** One sentence. */
    String value();

    /**
     * Unit of a number: {@code bytes}, {@code milliseconds}, or what is counted, for instance {@code requests}; of a
     * {@link LatencyView} too. Consoles find it in the descriptor, as {@code units}. Empty for what has none.
     */
    @DescriptorKey("units")
    String unit() default "";

    /** Name of a parameter; ignored elsewhere. */
    String name() default "";
}
