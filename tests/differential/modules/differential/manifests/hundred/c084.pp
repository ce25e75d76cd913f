# Ten resources.
class differential::hundred::c084 {
  notify { 'c084 1':
    message => "1 of class c084 on ${facts['networking']['hostname']}",
  }
  notify { 'c084 2':
    message => "2 of class c084 on ${facts['networking']['hostname']}",
  }
  notify { 'c084 3':
    message => "3 of class c084 on ${facts['networking']['hostname']}",
  }
  notify { 'c084 4':
    message => "4 of class c084 on ${facts['networking']['hostname']}",
  }
  notify { 'c084 5':
    message => "5 of class c084 on ${facts['networking']['hostname']}",
  }
  notify { 'c084 6':
    message => "6 of class c084 on ${facts['networking']['hostname']}",
  }
  notify { 'c084 7':
    message => "7 of class c084 on ${facts['networking']['hostname']}",
  }
  notify { 'c084 8':
    message => "8 of class c084 on ${facts['networking']['hostname']}",
  }
  notify { 'c084 9':
    message => "9 of class c084 on ${facts['networking']['hostname']}",
  }
  notify { 'c084 10':
    message => "10 of class c084 on ${facts['networking']['hostname']}",
  }
}
