# -- store: named SQL statements and embedded migrations ------------------------------------------
SQL_FILES := $(wildcard sql/*.sql sql/*/*.sql)
GEN_store := $(B)/gen/store/sql.c
GEN_HEADERS += $(B)/gen/store/sql.h
$(B)/gen/store/sql.c $(B)/gen/store/sql.h &: tools/gen-sql $(SQL_FILES)
	tools/gen-sql sql $(B)/gen/store

# -- codebook: the book and its renderings, embedded ----------------------------------------------
CODEBOOK_FILES := $(sort $(wildcard codebook/*.txt))
GEN_codebook := $(B)/gen/codebook/data.c $(B)/gen/codebook/print_frame.c
$(B)/gen/codebook/data.c: tools/embed $(CODEBOOK_FILES)
	@mkdir -p $(@D)
	tools/embed codebook_files codebook/data.h $(CODEBOOK_FILES) >$@
$(B)/gen/codebook/print_frame.c: tools/embed docs/codebook.in.md
	@mkdir -p $(@D)
	tools/embed codebook_print_files codebook/data.h docs/codebook.in.md >$@
