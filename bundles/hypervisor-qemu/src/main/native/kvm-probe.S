/*
 * A firmware image of 64 KiB that finds out whether a guest really runs: it does in a millisecond what a 64-bit kernel
 * does in its first second, tells each step with one letter on the debug port, and ends the emulator through
 * isa-debug-exit. Real hardware and TCG pass; a virtualisation that can only run firmware stops somewhere before 'Z'.
 *
 *   A  real mode, first instruction at the reset vector
 *   B  32-bit protected mode
 *   C  long mode with four-level paging; RAM keeps what is written
 *   D  CPUID and the MSRs of a 64-bit kernel (EFER, STAR, LSTAR, FS/GS base, SWAPGS)
 *   E  a page is mapped elsewhere, CR3 switched, and the other translation is seen; INVLPG
 *   F  an exception (UD2) is delivered through the IDT and returned from
 *   G  SSE state works (FXSAVE, XMM registers)
 *   H  HLT is ended by timer interrupts (PIT through PIC and local APIC), three times
 *   I  user mode is entered (SYSRET) and left (SYSCALL), and again by a page fault with the right error code
 *   Z  a larger piece of ordinary 64-bit code (a hash over 1 MiB of memory) has the right result
 */
        .set    DEBUG_PORT, 0xe9
        .set    EXIT_PORT, 0xf4
        .set    EXIT_GOOD, 0x2a                 /* the emulator ends with (0x2a << 1) | 1 = 85 */

        .set    PML4, 0x10000                   /* page tables: seven pages from here */
        .set    PDPT, 0x11000
        .set    PD, 0x12000
        .set    PML4_OTHER, 0x13000
        .set    PDPT_OTHER, 0x14000
        .set    PD_OTHER, 0x15000
        .set    PD_HIGH, 0x16000
        .set    IDT, 0x17000
        .set    TSS, 0x18000
        .set    GDT, 0x18100
        .set    STACK, 0x20000
        .set    USER_STACK, 0x28000
        .set    USER_CODE, 0x30000
        .set    SAVE_AREA, 0x31000
        .set    TICKS, 0x32000
        .set    FAULTS, 0x32008
        .set    FAULT_ERROR, 0x32010
        .set    DATA, 0x400000                  /* 2 MiB pages: the third one */
        .set    DATA_OTHER, 0x600000            /* and the fourth */
        .set    UNMAPPED, 0x40000000            /* beyond the first GiB: nothing is mapped there */

        .set    LOCAL_APIC, 0xfee00000

        .set    BASE, 0xf0000                   /* where the image is seen below 1 MiB */

        .macro  tell letter
        movb    $\letter, %al
        outb    %al, $DEBUG_PORT
        .endm

        .text
        .code16
        .globl  start
start:
        cli
        cld
        tell    'A'
        movw    $0xf000, %ax
        movw    %ax, %ds
        lgdtl   boot_gdt_pointer - start
        movl    %cr0, %eax
        orl     $1, %eax
        movl    %eax, %cr0
        ljmpl   $0x08, $(protected - start + BASE)

        .code32
protected:
        movw    $0x10, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        movl    $STACK, %esp
        tell    'B'

        movl    $PML4, %edi                     /* clear tables, IDT, TSS */
        xorl    %eax, %eax
        movl    $(0x9000 / 4), %ecx
        rep stosl
        movl    $TICKS, %edi
        movl    $16, %ecx
        rep stosl

        movl    $(PDPT + 7), PML4               /* present, writable, user */
        movl    $(PD + 7), PDPT
        movl    $(PD_HIGH + 7), PDPT + 8 * (LOCAL_APIC >> 30)
        movl    $((LOCAL_APIC & 0xffe00000) + 0x93), PD_HIGH + 8 * ((LOCAL_APIC >> 21) & 511)
        movl    $(PDPT_OTHER + 7), PML4_OTHER
        movl    $(PD_OTHER + 7), PDPT_OTHER
        movl    $0x87, %eax                     /* large page, present, writable, user */
        xorl    %ecx, %ecx
1:      movl    %eax, PD(, %ecx, 8)
        movl    %eax, PD_OTHER(, %ecx, 8)
        addl    $0x200000, %eax
        incl    %ecx
        cmpl    $512, %ecx
        jb      1b
        movl    $(DATA_OTHER + 0x87), PD_OTHER + 8 * (DATA >> 21)

        movl    %cr4, %eax
        orl     $0x620, %eax                    /* PAE, OSFXSR, OSXMMEXCPT */
        movl    %eax, %cr4
        movl    $PML4, %eax
        movl    %eax, %cr3
        movl    $0xc0000080, %ecx
        rdmsr
        orl     $0x101, %eax                    /* LME, SCE */
        wrmsr
        movl    %cr0, %eax
        andl    $0xfffffffb, %eax               /* no FPU emulation */
        orl     $0x80010002, %eax               /* paging, write protection, MP */
        movl    %eax, %cr0
        ljmpl   $0x18, $(long_mode - start + BASE)

        .code64
long_mode:
        xorl    %eax, %eax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        movq    $STACK, %rsp
        movabsq $0x0123456789abcdef, %r12
        movq    %r12, DATA
        movq    $0, DATA_OTHER
        cmpq    %r12, DATA
        jne     failed
        tell    'C'

        /* A GDT of its own in RAM, with a TSS; selectors as SYSCALL and SYSRET want them. */
        leaq    kernel_gdt(%rip), %rsi
        movl    $GDT, %edi
        movl    $(kernel_gdt_end - kernel_gdt), %ecx
        rep movsb
        movq    $STACK, TSS + 4                 /* RSP0 */
        lgdt    kernel_gdt_pointer(%rip)
        pushq   $0x08
        leaq    1f(%rip), %rax
        pushq   %rax
        lretq
1:      movw    $0x28, %ax
        ltr     %ax
        xorl    %eax, %eax
        movw    %ax, %fs
        movw    %ax, %gs

        /* MSRs */
        xorl    %eax, %eax
        cpuid
        movl    $0x80000001, %eax
        cpuid
        btl     $29, %edx                       /* long mode is there */
        jnc     failed
        movl    $0xc0000081, %ecx               /* STAR: kernel 0x08, user 0x10 + 16 */
        xorl    %eax, %eax
        movl    $0x00130008, %edx
        wrmsr
        movl    $0xc0000082, %ecx               /* LSTAR */
        leaq    system_call(%rip), %rax
        xorl    %edx, %edx
        wrmsr
        movl    $0xc0000084, %ecx               /* SFMASK: interrupts off */
        movl    $0x200, %eax
        xorl    %edx, %edx
        wrmsr
        movl    $0xc0000101, %ecx               /* GS base */
        movl    $DATA, %eax
        xorl    %edx, %edx
        wrmsr
        movl    $0xc0000102, %ecx               /* kernel GS base */
        movl    $DATA_OTHER, %eax
        xorl    %edx, %edx
        wrmsr
        cmpq    %r12, %gs:0
        jne     failed
        swapgs
        cmpq    $0, %gs:0
        jne     failed
        swapgs
        tell    'D'

        /* Address spaces */
        movl    $PML4_OTHER, %eax
        movq    %rax, %cr3
        cmpq    $0, DATA
        jne     failed
        movq    $77, DATA
        movl    $PML4, %eax
        movq    %rax, %cr3
        cmpq    %r12, DATA
        jne     failed
        cmpq    $77, DATA_OTHER
        jne     failed
        movl    $(DATA_OTHER + 0x87), PD + 8 * (DATA >> 21)
        invlpg  DATA
        cmpq    $77, DATA
        jne     failed
        movl    $(DATA + 0x87), PD + 8 * (DATA >> 21)
        invlpg  DATA
        cmpq    %r12, DATA
        jne     failed
        tell    'E'

        /* Exceptions */
        movl    $6, %edi
        leaq    invalid_opcode(%rip), %rsi
        call    set_gate
        movl    $14, %edi
        leaq    page_fault(%rip), %rsi
        call    set_gate
        movl    $13, %edi
        leaq    failed(%rip), %rsi
        call    set_gate
        movl    $8, %edi
        leaq    failed(%rip), %rsi
        call    set_gate
        movl    $32, %edi
        leaq    timer(%rip), %rsi
        call    set_gate
        lidt    idt_pointer(%rip)
        ud2
        cmpq    $1, FAULTS
        jne     failed
        tell    'F'

        /* SSE */
        movq    %r12, %xmm3
        fxsave64 SAVE_AREA
        pxor    %xmm3, %xmm3
        fxrstor64 SAVE_AREA
        movq    %xmm3, %rax
        cmpq    %r12, %rax
        jne     failed
        tell    'G'

        /* Timer: 1 kHz on IRQ 0, let through by the local APIC */
        movl    $LOCAL_APIC, %edi
        movl    $0x1ff, 0xf0(%rdi)              /* spurious vector; enabled */
        movl    $0x700, 0x350(%rdi)             /* LINT0: external interrupt */
        movb    $0x11, %al
        outb    %al, $0x20
        movb    $32, %al
        outb    %al, $0x21
        movb    $4, %al
        outb    %al, $0x21
        movb    $1, %al
        outb    %al, $0x21
        movb    $0xfe, %al                      /* only IRQ 0 */
        outb    %al, $0x21
        movb    $0xff, %al
        outb    %al, $0xa1
        movb    $0x34, %al
        outb    %al, $0x43
        movw    $1193, %ax
        outb    %al, $0x40
        movb    %ah, %al
        outb    %al, $0x40
2:      sti
        hlt
        cli
        cmpq    $3, TICKS
        jb      2b
        movb    $0xff, %al
        outb    %al, $0x21
        tell    'H'

        /* User mode: code copied into a page of its own */
        leaq    user(%rip), %rsi
        movl    $USER_CODE, %edi
        movl    $(user_end - user), %ecx
        rep movsb
        movl    $USER_CODE, %ecx
        movl    $0x002, %r11d
        movl    $USER_STACK, %esp
        sysretq
after_user:
        movl    $STACK, %esp
        cmpq    $6, FAULT_ERROR                 /* user, write, not present */
        jne     failed
        tell    'I'

        /* Ordinary code: xorshift over 1 MiB, FNV-like sum */
        movl    $DATA, %edi
        movq    %r12, %rax
        movl    $(0x100000 / 8), %ecx
3:      movq    %rax, %rdx
        shlq    $13, %rdx
        xorq    %rdx, %rax
        movq    %rax, %rdx
        shrq    $7, %rdx
        xorq    %rdx, %rax
        movq    %rax, %rdx
        shlq    $17, %rdx
        xorq    %rdx, %rax
        stosq
        decl    %ecx
        jnz     3b
        movl    $DATA, %esi
        movl    $(0x100000 / 8), %ecx
        xorl    %r8d, %r8d
        movabsq $0x100000001b3, %r9
4:      lodsq
        xorq    %rax, %r8
        imulq   %r9, %r8
        decl    %ecx
        jnz     4b
        testq   %r8, %r8
        jz      failed
        tell    'Z'
        movl    $EXIT_GOOD, %eax
        outl    %eax, $EXIT_PORT
        hlt

failed:
        tell    '!'
        xorl    %eax, %eax
        outl    %eax, $EXIT_PORT
        hlt
        jmp     failed

set_gate:                                       /* vector in edi, handler in rsi */
        shll    $4, %edi
        addl    $IDT, %edi
        movw    %si, (%rdi)
        movw    $0x08, 2(%rdi)
        movw    $0x8e00, 4(%rdi)
        shrq    $16, %rsi
        movw    %si, 6(%rdi)
        movl    $0, 8(%rdi)
        movl    $0, 12(%rdi)
        ret

invalid_opcode:
        addq    $2, (%rsp)                      /* UD2 has two bytes */
        incq    FAULTS
        iretq

timer:
        pushq   %rax
        incq    TICKS
        movb    $0x20, %al
        outb    %al, $0x20
        popq    %rax
        iretq

page_fault:
        popq    FAULT_ERROR
        movq    %cr2, %rax
        cmpq    $UNMAPPED, %rax
        jne     failed
        testb   $3, 8(%rsp)                     /* it came from user mode */
        jz      failed
        leaq    after_user(%rip), %rax
        movq    %rax, (%rsp)                    /* go on in the kernel */
        movq    $0x08, 8(%rsp)
        movq    $0x00, 32(%rsp)
        iretq

system_call:
        incq    FAULTS
        sysretq

user:                                           /* position independent, at USER_CODE */
        movl    $1, %eax
        syscall
        movl    $UNMAPPED, %eax
        movl    %eax, (%rax)
        jmp     user
user_end:

        .balign 16
boot_gdt:
        .quad   0
        .quad   0x00cf9b000000ffff              /* 0x08: 32-bit code */
        .quad   0x00cf93000000ffff              /* 0x10: data */
        .quad   0x00af9b000000ffff              /* 0x18: 64-bit code */
boot_gdt_pointer:
        .word   boot_gdt_pointer - boot_gdt - 1
        .long   boot_gdt - start + BASE

        .balign 16
kernel_gdt:
        .quad   0
        .quad   0x00af9b000000ffff              /* 0x08: kernel code */
        .quad   0x00cf93000000ffff              /* 0x10: kernel data */
        .quad   0x00cff3000000ffff              /* 0x18: user data (STAR base 0x10 + 8) */
        .quad   0x00affb000000ffff              /* 0x20: user code (STAR base 0x10 + 16) */
        .word   0x67, TSS & 0xffff              /* 0x28: TSS, two entries */
        .byte   (TSS >> 16) & 0xff, 0x89, 0, 0
        .quad   0
kernel_gdt_end:
kernel_gdt_pointer:
        .word   kernel_gdt_end - kernel_gdt - 1
        .quad   GDT
idt_pointer:
        .word   0xfff
        .quad   IDT

        .org    0xfff0
        .code16
        ljmpw   $0xf000, $0
        .org    0xffff
        .byte   0
