using System.Management.Automation;

// Another program that hosts PowerShell: it runs a script file, and writes its output.
using var shell = PowerShell.Create();
foreach (var output in shell.AddCommand(args[0]).Invoke())
    Console.WriteLine(output);
