RAW_RUNTIME_STATE =
'{\
"packageRegistryData": [';