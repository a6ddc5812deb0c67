using System.Management.Automation;

// A program of somebody else's that hosts PowerShell: it runs a script file, and writes what comes out.
using var shell = PowerShell.Create();
foreach (var output in shell.AddCommand(args[0]).Invoke())
    Console.WriteLine(output);
