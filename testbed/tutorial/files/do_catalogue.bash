#!/bin/bash
# The pipeline of CANFAR's batch tutorial. Two of its lines are HTCondor's work here, since a testbed has neither CADC's
# archive nor a VOSpace: `cadcget cadc:CFHT/${id}.fits.fz` became transfer_input_files, and `vcp ${id}.cat vos:…`
# transfer_output_files.
set -e
id=$1
funpack -D ${id}.fits.fz
# /usr/share/source-extractor, or where else the program was installed
cp "$(dirname "$(readlink -f "$(command -v source-extractor)")")"/../share/source-extractor/default* .
echo 'NUMBER
MAG_AUTO
X_IMAGE
Y_IMAGE' > default.param
source-extractor ${id}.fits -CATALOG_NAME ${id}.cat
